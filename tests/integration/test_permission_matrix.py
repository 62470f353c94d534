"""The matrix of the product, restated in tests/unit/test_permissions.py, against the real services on a real database.

Every permission that has a verb is exercised through that verb, by each of the four roles, with the thing their own and
somebody else's. The others are listed: whoever gives one its verb moves it up, for the test says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork, unit_of_work
from contractflow.errors import NotAllowed
from contractflow.models import Approval, Document, Invoice, Membership, Subscription
from contractflow.permissions import GRANTS, Member, Permission, Role
from contractflow.services import (
    audit,
    bounces,
    clients,
    comments,
    documents,
    drafts,
    home,
    invoices,
    leads,
    members,
    orgs,
    outgoing,
    payments,
    plans,
    projects,
    sessions,
    templates,
)
from contractflow.services.audit import Wanted
from contractflow.services.factors import requiring
from contractflow.workflows.document import Status
from tests import asking, builders, cast
from tests.integration import journey
from tests.integration.journey import as_
from tests.unit.test_asking import HANDLERS, admitted
from tests.unit.test_permissions import cells

pytestmark = pytest.mark.usefixtures("database", "redis_url")

P = Permission
PEOPLE = {Role.OWNER: cast.olivia, Role.ADMIN: cast.adam, Role.MEMBER: cast.mia, Role.VIEWER: cast.victor}


@dataclass(frozen=True)
class Watched(Member):
    """A member who remembers what was asked of them."""

    asked: list[tuple[Permission, bool]] = field(default_factory=list)

    def may(self, permission: Permission, own: bool = False) -> bool:
        self.asked.append((permission, own))
        return super().may(permission, own)


class UndoneError(Exception):
    pass


def attempt(
    person: Member, verb: Callable[..., Any], *args: Any
) -> tuple[bool, list[tuple[Permission, bool]]]:
    """Whether `person` may, and what they were asked; whatever they did is undone. Any other refusal is an error."""
    watched = Watched(**vars(person))
    try:
        with unit_of_work(watched) as work:
            verb(work, *args)
            work.db.flush()
            raise UndoneError  # noqa: TRY301  the way to have a unit of work undo everything
    except UndoneError:
        return True, watched.asked
    except NotAllowed:
        return False, watched.asked


# ---- Scenes: what the verb is about, as those make it who may. An id of a document among them can change hands. -------


def nothing() -> None:
    return None


def a_client() -> UUID:
    return as_(cast.mia, clients.add, journey.new_client())


def a_lead() -> UUID:
    with unit_of_work(cast.northlight) as work:
        return builders.a_lead(work).id


def a_fifth_person(work: Any) -> Membership:
    user_id = uuid4()
    facts = {
        "id": user_id,
        "email": f"fifth-{user_id}@northlight.test",
        "name": "Finn Fifth",
        "hash": cast.PASSWORD_HASH,
    }
    work.db.execute(text("SELECT gate_register(:id, :email, :name, :hash)"), facts)
    return builders.a_member(work, user_id)


def a_fifth_member() -> UUID:
    with unit_of_work(cast.northlight) as work:
        return a_fifth_person(work).id


def a_clause() -> UUID:
    with unit_of_work(cast.northlight) as work:
        return builders.a_template(work).id


def a_logo() -> None:
    with unit_of_work(cast.northlight) as work:
        builders.a_logo(work)


def an_invitation() -> UUID:
    with unit_of_work(cast.northlight) as work:
        return builders.a_token(work, "invite", role=Role.VIEWER, created_by=cast.adam.user_id).id


def one_in_review_that_everybody_is_asked_about() -> dict[str, UUID]:
    """Somebody else's, for nobody approves their own; who was asked is in the rows."""
    with unit_of_work(cast.northlight) as work:
        author = a_fifth_person(work)
        document = builders.a_document(work, owner_id=author.id, created_by=author.user_id)
        version = builders.a_version(work, document)
        builders.a_signer(work, document)
        document.status = Status.REVIEW
        work.db.flush()
        for person in PEOPLE.values():
            builders.an_approval(work, document, person)
    return {"document_id": document.id, "version_id": version.id}


def one_in_review() -> UUID:
    return one_in_review_that_everybody_is_asked_about()["document_id"]


def one_in_review_and_a_colleague() -> tuple[UUID, UUID]:
    return one_in_review(), a_fifth_member()


def reassign(work: UnitOfWork, ids: tuple[UUID, UUID]) -> None:
    """One's own request where the document is one's own, else that of somebody else."""
    document = work.db.get_one(Document, ids[0])
    me = work.member.membership_id
    requests = work.db.exec(select(Approval).where(col(Approval.document_id) == ids[0])).all()
    request = next(r for r in requests if (r.approver_id == me) is (document.owner_id == me))
    documents.reassign(work, ids[0], request.id, ids[1])


def one_that_was_sent() -> tuple[UUID, UUID]:
    document_id = journey.sent()
    return document_id, journey.signer_of(document_id).signer_id


def a_plan_at_paddle() -> None:
    with unit_of_work(cast.northlight) as work:
        if work.db.exec(select(Subscription.id)).first() is None:
            work.db.add(
                Subscription(org_id=cast.NORTHLIGHT, tier="growth", seats=10, paddle_subscription_id="sub_1")
            )


def an_expired_one() -> UUID:
    document_id = journey.sent()
    with unit_of_work(cast.northlight) as work:
        work.db.execute(
            text("UPDATE document SET expires_at = now() - interval '1 day' WHERE id = :id"),
            {"id": document_id},
        )
    as_(cast.northlight, documents.expire, document_id)
    return document_id


def an_invoice(is_open: bool) -> Callable[[], UUID]:
    def made() -> UUID:
        with unit_of_work(cast.northlight) as work:
            document, _ = builders.a_signed_document(work)
            invoice = builders.an_invoice(work, document)
        if is_open:
            as_(cast.mia, invoices.issue_now, invoice.id)
        return invoice.id

    return made


def an_overdue_invoice() -> tuple[UUID, UUID]:
    invoice_id = an_invoice(True)()
    with unit_of_work(cast.northlight) as work:
        invoice = work.db.get_one(Invoice, invoice_id)
        invoice.due_on = work.now.date() - timedelta(days=2)
        assert invoice.document_id is not None
        return invoice.document_id, invoice_id


def record(work: Any, invoice: UUID) -> None:
    facts = {"received_on": work.now.date(), "reference": "R", "idempotency_key": "k"}
    payments.record(work, invoice, amount_minor=100, **facts)


@dataclass(frozen=True)
class Probe:
    """`act(work, scene)` is a verb that asks for the permission."""

    scene: Callable[[], Any]
    act: Callable[[Any, Any], Any]


IBAN = "DE89 3704 0044 0532 0130 00"
NEW = "## One more\n\nClause."

# fmt: off
PROBES: dict[Permission, Probe] = {
    P.ORG_READ:            Probe(nothing,               lambda work, _: home.page(work)),
    P.MEMBER_READ:         Probe(nothing,               lambda work, _: members.page(work)),
    P.CLIENT_READ:         Probe(a_client,              lambda work, _: clients.list_page(work)),
    P.INVOICE_READ:        Probe(an_invoice(True),      lambda work, _: invoices.list_page(work)),
    P.DOCUMENT_READ:       Probe(journey.a_draft,       documents.one),
    P.DOCUMENT_CREATE:     Probe(a_client,              lambda work, client: documents.create(work, journey.new_document(client), idempotency_key="k9")),
    P.DOCUMENT_EDIT:       Probe(journey.a_draft,       lambda work, document: documents.add_block(work, document, "", NEW)),
    P.DOCUMENT_GENERATE:   Probe(journey.a_draft,       lambda work, document: drafts.request(work, document, "k9")),
    P.DOCUMENT_SUBMIT:     Probe(journey.a_draft,       documents.submit),
    P.DOCUMENT_APPROVE:    Probe(one_in_review_that_everybody_is_asked_about, lambda work, ids: documents.approve(work, **ids)),
    P.DOCUMENT_SEND:       Probe(journey.approved,      documents.send),
    P.APPROVAL_REASSIGN:   Probe(one_in_review_and_a_colleague, reassign),
    P.DOCUMENT_OVERRIDE_APPROVAL: Probe(one_in_review_that_everybody_is_asked_about, lambda work, ids: documents.override_approval(work, **ids, reason="It cannot wait.")),
    P.DOCUMENT_EXTEND:     Probe(an_expired_one,        documents.extend),
    P.DOCUMENT_REMIND:     Probe(journey.sent,          documents.remind),
    P.DOCUMENT_RECALL:     Probe(journey.sent,          documents.recall),
    P.DOCUMENT_VOID:       Probe(journey.sent,          lambda work, document: documents.void(work, document, "Because.")),
    P.CLIENT_WRITE:        Probe(nothing,               lambda work, _: clients.add(work, journey.new_client())),
    P.INVOICE_ISSUE:       Probe(an_invoice(False),     invoices.issue_now),
    P.INVOICE_REMIND:      Probe(an_overdue_invoice,    lambda work, ids: invoices.remind(work, ids[1])),
    P.INVOICE_VOID:        Probe(an_invoice(True),      lambda work, invoice: invoices.void(work, invoice, "Because.")),
    P.PAYMENT_RECORD:      Probe(an_invoice(True),      record),
    P.ORG_UPDATE:          Probe(nothing,               lambda work, _: orgs.save_bank_details(work, holder="Northlight", iban=IBAN)),
    P.PAYMENT_PROVIDER_CONNECT: Probe(nothing,          lambda work, _: orgs.disconnect_paddle(work)),
    P.MEMBER_INVITE:       Probe(an_invitation,               members.withdraw_invite),
    P.MEMBER_CHANGE_ROLE:  Probe(a_fifth_member,        lambda work, fifth: members.change_role(work, fifth, "viewer")),
    P.MEMBER_REMOVE:       Probe(a_fifth_member,        members.remove),
    P.MEMBER_END_SESSIONS: Probe(a_fifth_member,        sessions.end_of_member),
    P.ORG_TRANSFER:        Probe(nothing,               lambda work, _: members.offer_ownership(work, cast.adam.membership_id)),
    P.SECURITY_POLICY_MANAGE: Probe(nothing,            lambda work, _: requiring.require_of_everybody(work, is_required=False)),
    P.ORG_DELETE:          Probe(nothing,               lambda work, _: orgs.request_deletion(work, "Northlight")),
    P.APPROVAL_POLICY_MANAGE: Probe(nothing,            lambda work, _: orgs.save_policy(work, approval_required=False)),
    P.TEMPLATE_READ:       Probe(nothing,               lambda work, _: templates.list_page(work, "document")),
    P.TEMPLATE_EDIT:       Probe(a_clause,              templates.revise),
    P.TEMPLATE_PUBLISH:    Probe(a_clause,              templates.archive),
    P.CLAUSE_LOCK:         Probe(a_clause,              lambda work, clause: templates.lock(work, clause, is_locked=True)),
    P.BRAND_MANAGE:        Probe(a_logo,                lambda work, _: orgs.remove_logo(work)),
    P.AUDIT_READ:          Probe(nothing,               lambda work, _: audit.page(work, Wanted())),
    P.AUDIT_EXPORT:        Probe(nothing,               lambda work, _: audit.export(work, "csv", Wanted())),
    P.ORG_EXPORT_DATA:     Probe(nothing,               lambda work, _: orgs.export(work)),
    P.AUDIT_VERIFY:        Probe(nothing,               lambda work, _: audit.verify(work)),
    P.LEAD_READ:           Probe(nothing,               lambda work, _: leads.list_page(work)),
    P.LEAD_WRITE:          Probe(a_lead,                leads.contact),
    P.INTEGRATION_MANAGE:  Probe(nothing,               lambda work, _: outgoing.add(work, channel="slack", name="x", url="https://hooks.slack.com/services/x", events=["lead.received"])),
    P.LEAD_FORM_MANAGE:    Probe(nothing,               lambda work, _: leads.save_form(work, heading="x", intro="", questions="", assignee="", is_open=True)),
    P.COMMENT_WRITE:       Probe(journey.a_draft,       lambda work, document: comments.start(work, document, "", "Hm.", key="k9")),
    P.SIGNER_EDIT:         Probe(one_that_was_sent,     lambda work, ids: bounces.lift_of_signer(work, ids[1])),
    P.SAAS_BILLING_READ:   Probe(nothing,               lambda work, _: plans.plan_page(work)),
    P.SAAS_BILLING_MANAGE: Probe(a_plan_at_paddle,      lambda work, _: plans.may_cancel(work)),
    P.PROJECT_WRITE:       Probe(a_client,              lambda work, client: projects.add(work, projects.NewProject(str(client), "Relaunch"))),
}
# fmt: on

NO_VERB_YET = {
    # the room comes later; the table already says who will have it
    P.DOCUMENT_COUNTERSIGN, P.DOCUMENT_DELETE, P.PAYMENT_REFUND,
}  # fmt: skip


def hand_to(scene: Any, person: Member) -> None:
    """Make the document of the scene, if it has one, `person`'s own."""
    with unit_of_work(cast.northlight) as work:
        ids = scene if isinstance(scene, tuple) else (scene,)
        for one in ids:
            if isinstance(one, UUID) and (document := work.db.get(Document, one)) is not None:
                document.owner_id = person.membership_id


@pytest.mark.parametrize("permission", PROBES, ids=str)
def test_every_role_may_what_the_matrix_says_and_nothing_else(permission):
    probe = PROBES[permission]
    scene = probe.scene()
    wrong = []
    for role, answer in ((role, answer) for one, role, answer in cells() if one is permission):
        person = PEOPLE[role]
        for own in (True, False):
            hand_to(scene, person if own else cast.adam if person is cast.mia else cast.mia)
            may, asked = attempt(person, probe.act, scene)
            if may is not (answer == "yes" or (answer == "own" and own)):
                wrong.append(
                    f"{role.label}, {'own' if own else 'another'}: {'may' if may else 'may not'}, matrix says {answer}"
                )
            if permission not in {one for one, _ in asked}:
                wrong.append(f"{role.label}: the verb never asked for it, but for {asked}")
            if GRANTS[permission].own is not GRANTS[permission].least and (permission, own) not in asked:
                wrong.append(f"{role.label}: the verb did not see whose it is")
    assert wrong == []


def used() -> set[Permission]:
    """What any service, handler or route asks for."""
    asked = {permission for name in asking.functions() for permission in asking.of(name).permissions}
    asked |= {rule for rule, _ in HANDLERS.values() if isinstance(rule, Permission)}
    return asked | {case.values[0] for case in admitted() if isinstance(case.values[0], Permission)}


def test_every_permission_is_exercised_or_has_no_verb_yet():
    assert PROBES.keys() | NO_VERB_YET == set(Permission) == {permission for permission, _, _ in cells()}
    assert PROBES.keys() & NO_VERB_YET == set()
    assert sorted(NO_VERB_YET & used()) == [], "these have a verb now: move them up and say which"
    assert sorted(PROBES.keys() - used()) == []


def test_nobody_acts_with_the_role_they_had():
    """The role of the event is what the database had then; for places it is read again, under a lock."""
    fifth = a_fifth_member()
    with unit_of_work(cast.northlight) as work:
        work.db.get_one(Membership, cast.adam.membership_id).role = Role.MEMBER
    assert attempt(cast.adam, members.remove, fifth)[0] is False
