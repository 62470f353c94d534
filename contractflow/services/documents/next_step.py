"""What happens next with a document, and who has to do it: one sentence, the first thing on its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contractflow.content.variables import label
from contractflow.services.documents.subject import DocumentSubject
from contractflow.workflows.document import Approval, Generation, Status


@dataclass(frozen=True)
class Around:
    """Who else has a part in it, and which parts are the reader's."""

    owner: str
    signers: Sequence[str]
    approvers: str
    """Whom an approval waits for, in words."""
    is_asked: bool
    may_write: bool
    may_send: bool
    step: str = ""
    """Which of several steps is open: "Step 1 of 2, Finance: "."""
    is_blocked: bool = False
    can_choose: bool = False
    can_override: bool = False


DRAFTING = {
    Generation.QUEUED: "The draft is waiting for a writer. It starts by itself.",
    Generation.STREAMING: "The draft is being written. Watch, or stop it and keep what is there.",
}
AFTER_SIGNING = {
    Status.SIGNED: "Everybody has signed. Waiting for the payments; invoices go out by themselves.",
    Status.PAID: "Signed and paid. Nothing is left to do.",
    Status.VOIDED: "This document was voided. It stays here for the record.",
}
ENDED = {
    Status.DECLINED: ("The client declined.", "Read why, revise the text and send it again, or void it."),
    Status.EXPIRED: ("The time to sign has run out.", "Extend it, or revise the text and send it again."),
}


def sentence(facts: DocumentSubject, around: Around) -> str:
    """One plain sentence to whoever reads it; names the others where it is their turn."""
    if facts.generation_status in DRAFTING:
        return DRAFTING[facts.generation_status]
    if facts.status is Status.SIGNED and not facts.invoice_statuses:
        return "Everybody has signed. There is nothing to pay, so nothing is left to do."
    if facts.status in AFTER_SIGNING:
        return AFTER_SIGNING[facts.status]
    if facts.status in ENDED:
        what, to_do = ENDED[facts.status]
        return f"{what} {to_do if around.may_send else f'{around.owner} decides how it goes on.'}"
    if facts.status is Status.SENT:
        return f"Waiting for {_names(around.signers)} to sign."
    if facts.is_approved:
        return _approved(facts, around)
    return _in_review(facts, around) if facts.status is Status.REVIEW else _in_draft(facts, around)


def _approved(facts: DocumentSubject, around: Around) -> str:
    if not around.may_send:
        return f"Approved. Waiting for {around.owner} to send it."
    return f"Approved. {_unfinished(facts) or 'Send it to the client.'}"


def _in_review(facts: DocumentSubject, around: Around) -> str:
    if facts.approval_status is Approval.STALE:
        again = _unfinished(facts) or "Submit it for review again."
        to_do = again if around.may_write else f"{around.owner} submits it again."
        return f"The text changed since it was submitted. {to_do}"
    if around.is_asked:
        return f"{around.step}Your turn: read it, then approve this version or request changes."
    if around.is_blocked:
        return f"{around.step}{_blocked(around)}"
    if not around.step:
        return f"Waiting for {around.approvers} to approve this version."
    return f"{around.step}waiting for {around.approvers}."


def _blocked(around: Around) -> str:
    """An approval is never stuck: somebody can always go on."""
    why = "Too few people are left who could approve it."
    if around.can_choose:
        return f"{why} Ask somebody else{', or override the approval' if around.can_override else ''}."
    return f"{why} {'Override the approval.' if around.can_override else 'An admin asks somebody else, or the owner overrides the approval.'}"


def _in_draft(facts: DocumentSubject, around: Around) -> str:
    if not around.may_write:
        return f"Waiting for {around.owner} to finish the text."
    if to_do := _unfinished(facts):
        return to_do
    if facts.approval_status is Approval.CHANGES_REQUESTED:
        return "Changes were requested. Read the comment, edit, and submit again."
    return "Submit it for review." if facts.needs_approval else "Check the text, then send it to the client."


def _unfinished(facts: DocumentSubject) -> str:
    """What the text still asks of who writes it; empty when it can go on."""
    if not facts.has_content:
        return "Draft the text with AI, or write the first clause yourself."
    if facts.unwritten:
        return facts.unwritten
    if facts.missing_variables:
        return f"Fill in: {', '.join(map(label, facts.missing_variables[:5]))}."
    if facts.has_placeholder:
        return "Read the placeholder text, edit or confirm it; then it can go on."
    return ""


def _names(people: Sequence[str]) -> str:
    if not people:
        return "somebody"
    return people[0] if len(people) == 1 else f"{', '.join(people[:-1])} and {people[-1]}"
