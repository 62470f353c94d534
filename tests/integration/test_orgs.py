"""Organisations: another one, where something is, what they are called, and their end."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import IllegalMove, Invalid, LimitReached, NotAllowed
from contractflow.models import Org, OwnershipOffer
from contractflow.models.columns import uuid7
from contractflow.permissions import Permission, Role, System, Visitor
from contractflow.services import accounts, clients, documents, home, members, orgs, portal, sessions
from contractflow.workflows.membership import OfferStatus
from tests import builders, cast
from tests.integration.journey import a_draft, as_, mailed_to, new_client, recorded, sent, signer_of

pytestmark = pytest.mark.usefixtures("database", "redis_url")

PROFILE = {
    "name": "Northlight Studio",
    "legal_name": "Northlight Studio GmbH",
    "tax_id": "DE123456789",
    "address": "Torstr. 1\n10119  Berlin\n\nGermany",
    "currency": "GBP",
    "timezone": "Europe/Berlin",
}


def northlight() -> Org:
    return as_(cast.northlight, lambda work: work.db.get_one(Org, cast.NORTHLIGHT))


def read_now(person):
    """The member as the next event reads them."""
    with unit_of_work(Visitor()) as work:
        row = sessions.place(work, person.user_id, person.org_id, uuid4())
    return type(person)(
        person.user_id,
        person.org_id,
        row.membership_id,
        row.role,
        row.user_name,
        is_reading_only=row.is_closing,
        is_confirmed=True,
    )


# ---------------------------------------------------------------- another one


def another(person=cast.mia, name="Southpaw") -> System:
    org = System(uuid7(), "organisations")
    as_(org, orgs.found, person.user_id, name)
    return org


def test_a_member_founds_another_organisation_and_owns_it():
    org = another()
    place = as_(org, accounts.membership, cast.mia.user_id, org.org_id)
    assert (place.role, place.org_name, place.user_name) == (Role.OWNER, "Southpaw", "Mia Member")
    mine = as_(cast.mia, orgs.own)
    assert [(row.name, row.role, row.is_current) for row in mine] == [
        ("Northlight", "Member", True),
        ("Southpaw", "Owner", False),
    ]
    assert [row.name for row in as_(cast.adam, orgs.own)] == ["Northlight"]


@pytest.mark.parametrize("name", ["", "  \n", "x" * 121])
def test_an_organisation_has_a_name(name):
    with pytest.raises(Invalid) as refused:
        another(name=name)
    assert refused.value.field == "agency"


def test_nobody_owns_more_than_ten():
    for number in range(10):
        another(name=f"Number {number}")
    with pytest.raises(LimitReached):
        another(name="One too many")


@pytest.mark.parametrize("actor", [cast.mia, cast.olivia, Visitor()], ids=lambda who: who.name)
def test_only_the_door_founds(actor):
    with pytest.raises(NotAllowed):
        as_(actor, orgs.found, cast.mia.user_id, "Southpaw")


# ---------------------------------------------------------------- where something is


def in_redshift():
    def make(work):
        document = builders.a_document(work)
        return document.id, builders.an_invoice(work, document).id

    return as_(cast.redshift, make)


def test_what_is_in_another_organisation_of_ones_own_is_found():
    document_id, invoice_id = in_redshift()
    as_(cast.redshift, builders.a_member, cast.mia.user_id, Role.VIEWER)
    for path, onward in (
        (f"/documents/{document_id}", f"/documents/{document_id}"),
        (f"/invoices/{invoice_id}?x=1", f"/invoices/{invoice_id}"),
        (f"/organisations/{cast.REDSHIFT}", "/settings/organisation"),
    ):
        found = as_(cast.mia, orgs.elsewhere, path)
        assert (found.org_id, found.org_name, found.path) == (str(cast.REDSHIFT), "Redshift", onward)


def test_what_is_in_an_organisation_of_somebody_else_is_nowhere():
    document_id, invoice_id = in_redshift()
    paths = (f"/documents/{document_id}", f"/invoices/{invoice_id}", f"/organisations/{cast.REDSHIFT}")
    for path in (
        *paths,
        "/documents/x",
        f"/clients/{document_id}",
        f"/documents/{uuid4()}",
        "/",
        "//",
        "/documents",
    ):
        assert as_(cast.mia, orgs.elsewhere, path) == orgs.Elsewhere()


@pytest.mark.parametrize("verb", ["suspend", "remove"])
def test_where_one_was_shut_out_nothing_is_found(verb):
    document_id, _ = in_redshift()
    place = as_(cast.redshift, builders.a_member, cast.mia.user_id, Role.VIEWER)
    as_(cast.rita, getattr(members, verb), place.id)
    assert as_(cast.mia, orgs.elsewhere, f"/documents/{document_id}") == orgs.Elsewhere()


# ---------------------------------------------------------------- what it is called


@pytest.mark.parametrize("actor", [cast.mia, cast.victor], ids=lambda who: who.name)
def test_members_do_not_change_the_organisation(actor):
    with pytest.raises(NotAllowed):
        as_(actor, orgs.save_organisation, **PROFILE)
    with pytest.raises(NotAllowed):
        as_(actor, orgs.save_policy, approval_required=False)
    page = as_(actor, orgs.organisation)
    assert page.why_not_update == "Only admins and above can change the organisation."


def test_an_admin_changes_it_and_the_trail_says_what_it_was():
    for _ in range(2):
        as_(cast.adam, orgs.save_organisation, **PROFILE)
    org = northlight()
    assert (org.name, org.legal_name, org.default_currency) == (
        "Northlight Studio",
        "Northlight Studio GmbH",
        "GBP",
    )
    assert org.billing_address["lines"] == "Torstr. 1\n10119 Berlin\nGermany"
    (line,) = recorded("org:update")
    assert line["changes"]["name"] == ["Northlight", "Northlight Studio"]
    assert line["changes"]["timezone"] == ["UTC", "Europe/Berlin"]


@pytest.mark.parametrize(
    ("field", "typed"),
    [("name", " "), ("name", "x" * 121), ("legal_name", "x" * 121), ("tax_id", "x" * 81), ("currency", "XXX"),
     ("timezone", "Mars/Olympus"), ("timezone", "../etc/passwd"), ("address", "x" * 501)],
)  # fmt: skip
def test_what_it_cannot_be_called(field, typed):
    with pytest.raises(Invalid) as refused:
        as_(cast.adam, orgs.save_organisation, **{**PROFILE, field: typed})
    assert refused.value.field == field
    assert northlight().name == "Northlight"


def test_without_the_policy_documents_go_out_unapproved():
    document_id = a_draft()
    with pytest.raises(IllegalMove):
        as_(cast.mia, documents.send, document_id)
    for _ in range(2):
        as_(cast.adam, orgs.save_policy, approval_required=False)
    as_(cast.mia, documents.send, document_id)
    assert [line["changes"] for line in recorded("org:change_policy")] == [
        {"approval_required": [True, False]}
    ]


# ---------------------------------------------------------------- its end


@pytest.mark.parametrize("actor", [cast.adam, cast.mia, cast.victor], ids=lambda who: who.name)
def test_only_the_owner_deletes_and_keeps(actor):
    for verb, *args in ((orgs.request_deletion, "Northlight"), (orgs.undo_deletion,)):
        with pytest.raises(NotAllowed, match="Only the owner"):
            as_(actor, verb, *args)


@pytest.mark.parametrize("typed", ["", "northlight", "Redshift"])
def test_the_name_has_to_be_typed(typed):
    with pytest.raises(Invalid) as refused:
        as_(cast.olivia, orgs.request_deletion, typed)
    assert refused.value.field == "typed_name"
    assert northlight().deletion_requested_at is None


def test_asked_for_once_told_to_everybody_and_taken_back():
    as_(cast.olivia, members.offer_ownership, cast.adam.membership_id)
    for _ in range(2):
        as_(cast.olivia, orgs.request_deletion, " Northlight ")
    assert len(mailed_to("org_closing")) == 4
    offers = as_(cast.northlight, lambda work: work.db.exec(select(OwnershipOffer.status)).all())
    assert offers == [OfferStatus.LAPSED]
    page = as_(cast.mia, orgs.organisation)
    due = f"{northlight().deletion_requested_at + timedelta(days=30):%d %B %Y}"
    assert (page.is_closing, page.erased_on) == (True, due)
    for _ in range(2):
        as_(read_now(cast.olivia), orgs.undo_deletion)
    assert len(mailed_to("org_kept")) == 4
    assert [line["who"] for line in recorded("org:request_deletion", "org:undo_deletion")] == [
        "Olivia Owner"
    ] * 2
    assert not read_now(cast.mia).is_reading_only


def test_meanwhile_its_people_read_and_change_nothing():
    document_id = a_draft()
    as_(cast.olivia, orgs.request_deletion, "Northlight")
    mia, adam, olivia = map(read_now, (cast.mia, cast.adam, cast.olivia))
    assert as_(mia, documents.one, document_id).title
    assert as_(mia, home.page)
    for actor, verb, *args in (
        (mia, documents.add_block, document_id, "", "More."),
        (mia, documents.submit, document_id),
        (mia, clients.add, new_client()),
        (adam, members.invite, "nora@new.test", "member"),
        (adam, members.remove, cast.mia.membership_id, cast.adam.membership_id),
        (olivia, members.offer_ownership, cast.adam.membership_id),
    ):
        with pytest.raises((NotAllowed, IllegalMove), match="being deleted"):
            as_(actor, verb, *args)
    assert {p for p in Permission if olivia.may(p)} == {
        p for p in Permission if p.endswith(":read")
    } | {
        Permission.AUDIT_EXPORT, Permission.AUDIT_VERIFY, Permission.MEMBER_END_SESSIONS, Permission.ORG_DELETE,
        Permission.ORG_EXPORT_DATA,
    }  # fmt: skip
    assert read_now(cast.rita).may(Permission.DOCUMENT_CREATE)


def test_meanwhile_clients_go_on():
    document_id = sent()
    as_(cast.olivia, orgs.request_deletion, "Northlight")
    clara = signer_of(document_id)
    as_(clara, portal.one)
    as_(clara, portal.consent)
