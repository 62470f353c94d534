"""The trail in words: every audit action has its sentence here, and a document's timeline reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.models import AuditEvent, Document
from contractflow.permissions import Permission as P
from contractflow.services.display import When, shown
from contractflow.services.money_words import MONEY
from contractflow.services.plans.words import PLANS

PAGE = 100
MOST_DOCUMENTS = 200

# fmt: off
WORDS: dict[str, tuple[str, str]] = PLANS | MONEY | {
    # action                      mark         what the reader sees after the name of who did it
    "audit:verify":               ("sealed",    "verified the audit log"),
    "audit:export":               ("sent",      "exported the audit log"),
    "org:create":                 ("created",   "created the organisation"),
    "org:update":                 ("edited",    "changed the organisation"),
    "org:change_policy":          ("edited",    "changed the approval policy"),
    "org:change_logo":            ("edited",    "changed the logo"),
    "org:remove_logo":            ("edited",    "removed the logo"),
    "org:request_deletion":       ("voided",    "asked for the organisation to be deleted"),
    "org:export":                 ("created",   "took away a copy of everything"),
    "org:erase":                  ("voided",    "erased the organisation"),
    "org:undo_deletion":          ("created",   "kept the organisation after all"),
    "org:save_bank_details":      ("edited",    "changed the bank details"),
    "org:connect_paddle":         ("edited",    "connected Paddle"),
    "org:disconnect_paddle":      ("edited",    "disconnected Paddle"),
    "member:join":                ("member",    "joined"),
    "member:invite":              ("member",    "invited a colleague"),
    "member:withdraw_invite":     ("member",    "withdrew an invitation"),
    "member:end_sessions":        ("objected",  "ended the sessions of a member"),
    "session:end":                ("objected",  "ended one of their own sessions"),
    "session:end_others":         ("objected",  "ended all of their other sessions"),
    "session:copied":             ("declined",  "ended a session, for its cookie had been copied"),
    "member:invite_again":        ("member",    "sent an invitation again"),
    "member:change_role":         ("member",    "changed somebody's role"),
    "membership:suspend":         ("member",    "suspended a member"),
    "membership:reinstate":       ("member",    "reinstated a member"),
    "membership:remove":          ("member",    "removed a member"),
    "membership:leave":           ("member",    "left the organisation"),
    "membership:choose_mail":     ("edited",    "chose which notifications come by mail"),
    "membership:rejoin":          ("member",    "let somebody join again"),
    "ownership_offer:offer":      ("member",    "offered the ownership"),
    "ownership_offer:accept":     ("member",    "accepted the ownership"),
    "ownership_offer:decline":    ("member",    "declined the ownership"),
    "ownership_offer:withdraw":   ("member",    "withdrew the offer of the ownership"),
    "ownership_offer:lapse":      ("member",    "let the offer of the ownership lapse"),
    "user:ask_confirmation":      ("edited",    "asked for the mail to confirm the address again"),
    "user:confirm_email":         ("member",    "confirmed the e-mail address"),
    "user:ask_email_change":      ("edited",    "asked to change the e-mail address"),
    "user:cancel_email_change":   ("edited",    "took back the change of the e-mail address"),
    "user:change_email":          ("edited",    "changed the e-mail address"),
    "user:undo_email_change":     ("objected",  "took back a change of e-mail address that somebody else made"),
    "user:reset_password":        ("edited",    "set a new password for who opened the mailed link"),
    "user:change_password":       ("edited",    "changed the password"),
    "user:delete_account":        ("member",    "deleted their account"),
    "user:rename":                ("edited",    "changed their name"),
    "client:add":                 ("created",   "added a client"),
    "client:import":              ("created",   "imported clients"),
    "client:change":              ("edited",    "changed the client"),
    "client:archive":             ("voided",    "archived the client"),
    "client:restore":             ("created",   "restored the client"),
    "client:merge":               ("edited",    "merged another client into this one"),
    "contact:add":                ("created",   "added a contact"),
    "contact:change":             ("edited",    "changed a contact"),
    "contact:make_primary":       ("edited",    "named another first contact"),
    "contact:remove":             ("voided",    "removed a contact"),
    "lead_form:save":             ("edited",    "changed the lead form"),
    "lead:arrive":                ("created",   "received a lead from the form"),
    "lead:assign":                ("member",    "assigned the lead"),
    "lead:contact":               ("sent",      "answered the lead"),
    "lead:qualify":               ("approved",  "qualified the lead"),
    "lead:convert":               ("signed",    "made a client, a project and a draft of the lead"),
    "lead:disqualify":            ("declined",  "disqualified the lead"),
    "lead:reopen":                ("objected",  "took the lead up again"),
    "project:add":                ("created",   "opened a project"),
    "project:change":             ("edited",    "changed the project"),
    "project:start":              ("submitted", "started the project"),
    "project:hold":               ("objected",  "put the project on hold"),
    "project:resume":             ("submitted", "took the project up again"),
    "project:complete":           ("approved",  "completed the project"),
    "project:cancel":             ("voided",    "cancelled the project"),
    "document:create":            ("created",   "created the document"),
    "document:edit":              ("edited",    "edited the text"),
    "document:confirm_placeholder":("edited",    "confirmed the placeholder text"),
    "document:submit":            ("submitted", "submitted it for review"),
    "document:withdraw":          ("objected",  "took it back from review"),
    "document:return":            ("objected",  "returned it to its author"),
    "document:send":              ("sent",      "sent it to the client"),
    "document:recall":            ("objected",  "recalled it"),
    "document:revise":            ("edited",    "started a revision"),
    "document:sign":              ("signed",    "completed the signatures"),
    "document:pay":               ("paid",      "marked it as paid: every invoice is settled"),
    "document:unpay":             ("invoiced",  "reopened it: a payment was returned"),
    "document:decline":           ("declined",  "declined it"),
    "document:expire":            ("expired",   "let it expire"),
    "document:extend":            ("expired",   "extended it"),
    "signer:remind":              ("sent",      "reminded a signer"),
    "document:void":              ("voided",    "voided it"),
    "document:request":           ("submitted", "asked for approval"),
    "document:pass_on":           ("submitted", "passed the request for approval on"),
    "document:override_approval": ("approved",  "overrode the approval"),
    "document:remind_approvers":  ("submitted", "reminded who has to approve it"),
    "approval:give":              ("approved",  "approved this version in one of its steps"),
    "approval:open_step":         ("submitted", "asked for the next approval"),
    "approval:block":             ("objected",  "found nobody left who could approve it"),
    "approval:ask":               ("submitted", "asked somebody else to approve it"),
    "approval:remind":            ("submitted", "reminded somebody who has to approve it"),
    "approval:escalate":          ("objected",  "told the owner and the admins that an approval waits"),
    "approval_policy:add":        ("created",   "added an approval policy"),
    "approval_policy:change":     ("edited",    "changed an approval policy"),
    "approval_policy:reorder":    ("edited",    "changed the order of the approval policies"),
    "approval_policy:remove":     ("voided",    "removed an approval policy"),
    "document:approve":           ("approved",  "approved this version"),
    "document:object":            ("objected",  "requested changes"),
    "document:outdate":           ("edited",    "set the review back: the text changed"),
    "document:clear":             ("objected",  "withdrew the request for approval"),
    "document:queue":             ("drafted",   "asked the AI for a draft"),
    "document:start":             ("drafted",   "started to write the draft"),
    "document:requeue":           ("drafted",   "handed the draft to another writer"),
    "document:finish":            ("drafted",   "finished the draft"),
    "document:fail":              ("drafted",   "could not finish the draft"),
    "document:cancel":            ("drafted",   "stopped the draft"),
    "document:rewrite":           ("drafted",   "asked the AI to rewrite a clause"),
    "draft_job:revive":           ("drafted",   "had a failed AI draft tried again"),
    "factor:add_app":             ("member",    "added an authenticator app"),
    "factor:remove_app":          ("member",    "removed the authenticator app"),
    "factor:add_passkey":         ("member",    "added a passkey"),
    "factor:rename_passkey":      ("member",    "renamed a passkey"),
    "factor:remove_passkey":      ("member",    "removed a passkey"),
    "factor:renew_codes":         ("member",    "made new recovery codes"),
    "factor:use_code":            ("member",    "used a recovery code"),
    "factor:trust_device":        ("member",    "asked to be remembered in a browser"),
    "factor:forget_device":       ("member",    "had a remembered browser forgotten"),
    "factor:wrong_codes":         ("member",    "had several wrong codes typed for their account"),
    "factor:forget_all":          ("member",    "removed a member's second factors, who had lost them"),
    "org:require_factor":         ("member",    "asked a second factor of everybody"),
    "org:waive_factor":           ("member",    "no longer asks a second factor of everybody"),
    "member:confirm":             ("member",    "confirmed that it was them"),
    "platform:promote":           ("member",    "made a member a platform admin"),
    "platform:demote":            ("member",    "made a member no platform admin any more"),
    "platform:suspend":           ("voided",    "suspended the organisation"),
    "platform:lift":              ("created",   "lifted the suspension"),
    "platform:hold":              ("objected",  "put everything under a legal hold"),
    "platform:release":           ("edited",    "released the legal hold"),
    "platform:end_sessions":      ("objected",  "ended everybody's sessions"),
    "platform:extend_trial":      ("edited",    "extended the trial"),
    "platform:change_tier":       ("edited",    "changed the plan"),
    "platform:override_limit":    ("edited",    "set a limit"),
    "bounce:mark":                ("declined",  "saw a mail come back"),
    "bounce:lift":                ("created",   "said that mails arrive there again"),
    "endpoint:add":               ("created",   "added an integration"),
    "endpoint:change":            ("edited",    "changed an integration"),
    "endpoint:pause":             ("objected",  "paused an integration"),
    "endpoint:resume":            ("created",   "resumed an integration"),
    "endpoint:give_up":           ("declined",  "paused an integration that did not answer"),
    "endpoint:remove":            ("voided",    "removed an integration"),
    "endpoint:rotate":            ("edited",    "made a new secret for an integration"),
    "endpoint:test":              ("sent",      "sent a test event to an integration"),
    "endpoint:replay":            ("sent",      "sent a message to an integration again"),
    "endpoint:replay_failed":     ("sent",      "sent all failed messages to an integration again"),
    "draft_job:accept":           ("edited",    "accepted a rewritten clause"),
    "draft_job:discard":          ("drafted",   "discarded a rewritten clause"),
    "document:restore":           ("edited",    "brought an older version back"),
    "document:insert_clause":     ("edited",    "put a clause of the library in"),
    "template:stock":             ("created",   "put the starter library on the shelf"),
    "template:add":               ("created",   "began a template or clause"),
    "template:edit":              ("edited",    "changed a template or clause"),
    "template:lock":              ("edited",    "locked a clause"),
    "template:unlock":            ("edited",    "unlocked a clause"),
    "template:revise":            ("edited",    "began a new version of a template or clause"),
    "template:publish":           ("approved",  "published a template or clause"),
    "template:replace":           ("edited",    "put the version before away"),
    "template:archive":           ("voided",    "archived a template or clause"),
    "template:discard":           ("voided",    "discarded a version of a template or clause"),
    "document:add_clause":        ("edited",    "added a suggested clause"),
    "comment:start":              ("commented", "commented"),
    "comment:reply":              ("commented", "answered a comment"),
    "comment:edit":               ("commented", "changed a comment of their own"),
    "comment:delete":             ("commented", "deleted a comment of their own"),
    "comment:see":               ("commented", "saw what the client commented"),
    "comment:resolve":            ("commented", "resolved a thread of comments"),
    "comment:reopen":             ("commented", "reopened a thread of comments"),
    "signer:invite":              ("sent",      "invited the signer"),
    "signer:view":                ("viewed",    "opened the document"),
    "signer:consent":             ("viewed",    "agreed to sign electronically"),
    "signer:request_code":        ("viewed",    "asked for a code by mail"),
    "signer:wrong_code":          ("viewed",    "entered a wrong code"),
    "signer:verify_code":         ("viewed",    "proved the mail address with the code"),
    "signer:sign":                ("signed",    "signed"),
    "signer:decline":             ("declined",  "declined to sign"),
    "signer:rest":                ("objected",  "took back the invitation to sign"),
    "signer:delegate":            ("sent",      "passed the signing on to somebody else"),
    "signer:remove":              ("objected",  "removed the signer"),
    "signer:expire":              ("expired",   "let the invitation to sign expire"),
    "artifact:seal":              ("sealed",    "sealed the PDF"),
}
# fmt: on

PROVIDERS = {"paddle": "Paddle"}  # as the trail calls them, and as they call themselves

# The machine's bookkeeping, of which the timeline already shows the visible half.
QUIET = frozenset({"draft_job:claim", "draft_job:succeed", "draft_job:wait", "draft_job:requeue", "draft_job:fail", "draft_job:cancel", "draft_job:retry", "document:revive"})  # fmt: skip


@dataclass(frozen=True)
class Event:
    """One line: `kind` picks its mark, `words` say who did what, `note` is the one fact worth showing."""

    id: str
    kind: str
    words: str
    note: str
    time: str
    exact: str


@dataclass(frozen=True)
class Day:
    label: str
    events: list[Event]


def of_document(work: UnitOfWork, document_id: UUID) -> list[Day]:
    """The newest hundred steps of one document, newest first. Raises NotFound."""
    work.require(P.DOCUMENT_READ)
    if work.db.get(Document, document_id) is None:
        raise NotFound("document")
    of_it = col(AuditEvent.document_id) == document_id
    return _days(work, select(AuditEvent).where(of_it, col(AuditEvent.action).not_in(QUIET)))


def of_entities(work: UnitOfWork, ids: Sequence[UUID], documents: Any = None) -> list[Day]:
    """The newest hundred steps of these rows together, whatever they are, and of `documents` (a select of ids), as far as
    they are among the MOST_DOCUMENTS that changed last.

    Each is asked of its own index: with OR between them the whole trail would be read. The caller has asked whether they
    may be seen.
    """
    work.require(P.ORG_READ)
    about = [col(AuditEvent.entity_id).in_(ids)]
    if documents is not None:
        last = documents.order_by(col(Document.updated_at).desc(), col(Document.id).desc())
        if found := list(work.db.exec(last.limit(MOST_DOCUMENTS))):
            about.append(col(AuditEvent.document_id).in_(found))
    spoken = select(AuditEvent).where(col(AuditEvent.action).not_in(QUIET))
    return _days(work, *(spoken.where(one) for one in about))


def _days(work: UnitOfWork, *queries: SelectOfScalar[AuditEvent]) -> list[Day]:
    """The newest of all of them together, each once."""
    by_seq: dict[int, AuditEvent] = {}
    for query in queries:
        newest = work.db.exec(query.order_by(col(AuditEvent.seq).desc()).limit(PAGE))
        by_seq |= {event.seq: event for event in newest}
    dated = [(shown(work, by_seq[seq].at), by_seq[seq]) for seq in sorted(by_seq, reverse=True)[:PAGE]]
    days = groupby(dated, key=lambda pair: pair[0].day)
    return [Day(label, [_event(at, event) for at, event in group]) for label, group in days]


def words_of(action: str) -> tuple[str, str]:
    """The mark of an action, and what the reader sees after the name of who did it."""
    return WORDS.get(action, ("", action.replace(":", " ").replace("_", " ")))


def who_of(event: AuditEvent) -> str:
    """People and payment providers by their names; our own workers under ours, and our people under both."""
    if event.actor_kind == "platform_admin":
        return f"{event.actor_label} of ContractFlow"
    if event.actor_kind == "provider":
        return PROVIDERS.get(event.actor_label, event.actor_label)
    return "ContractFlow" if event.actor_kind == "system" else event.actor_label


def _event(at: When, event: AuditEvent) -> Event:
    kind, what = words_of(event.action)
    return Event(str(event.seq), kind, f"{who_of(event)} {what}", note_of(event), at.clock, at.tip)


def note_of(event: AuditEvent) -> str:
    """The one fact worth showing: a reason, a number, an amount, a version."""
    data: dict[str, Any] = event.data
    facts = (("clause", "{}"), ("reason", "{}"), ("number", "{}"), ("amount", "{}"), ("version", "Version {}"), ("person", "{}"), ("device", "{}"), ("step", "{}"))  # fmt: skip
    return next((words.format(data[key]) for key, words in facts if data.get(key)), "")
