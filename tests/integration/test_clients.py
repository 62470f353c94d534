"""Clients: the people there, the archive, two that are one, and many from a file."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from sqlmodel import col, select

from contractflow.errors import IllegalMove, Invalid, NotAllowed, NotFound
from contractflow.models import AuditEvent, Client, Contact, Signer
from contractflow.services import clients, documents, leads, projects
from contractflow.services.clients import ClientFacts, ClientPage
from contractflow.services.leads import Enquiry
from contractflow.services.projects import NewProject
from tests import builders, cast
from tests.integration.journey import (
    a_draft,
    as_,
    look,
    new_client,
    new_document,
    recorded,
    seal,
    sent,
    signed,
)

pytestmark = pytest.mark.usefixtures("database", "redis_url")
EDITED = {"name": "Carl Client", "email": "carl@brightfoods.test", "title": "Buyer"}
MENDED = ClientFacts("Brighter Foods", "GBP", "Brighter Foods Ltd", "1 High Street\nCork", is_consumer=True)


def added(**other: str) -> UUID:
    return as_(cast.mia, clients.add, new_client(**other))


def page(client_id: UUID) -> ClientPage:
    return as_(cast.victor, clients.one, client_id)


def actions(entity_id: UUID | str) -> list[str]:
    query = select(AuditEvent.action).where(col(AuditEvent.entity_id) == UUID(str(entity_id)))
    return as_(cast.mia, lambda work: list(work.db.exec(query.order_by(col(AuditEvent.seq)))))


def both(client_id: UUID) -> tuple[UUID, UUID]:
    """The first contact, Clara, and a second one."""
    second = as_(cast.mia, clients.add_contact, client_id, **EDITED)
    return UUID(page(client_id).contacts[0].id), second


def test_a_contact_is_changed_and_what_has_not_gone_out_goes_to_the_new_address() -> None:
    document = a_draft()
    client = look(cast.mia, document).client_id
    clara = UUID(page(client).contacts[0].id)
    for who, refusal in ((cast.victor, NotAllowed), (cast.rita, NotFound)):
        with pytest.raises(refusal):
            as_(who, clients.change_contact, clara, **EDITED)
    as_(cast.mia, clients.change_contact, clara, **EDITED)
    as_(cast.mia, clients.change_contact, clara, **EDITED)
    assert [(c.name, c.email, c.title) for c in page(client).contacts] == [tuple(EDITED.values())]
    signers = as_(cast.mia, lambda work: [one.email for one in work.db.exec(select(Signer))])
    assert signers == ["carl@brightfoods.test"]
    assert actions(clara) == ["contact:change"]
    other = as_(cast.mia, clients.add_contact, client, name="Other", email="other@brightfoods.test")
    with pytest.raises(Invalid) as refused:
        as_(cast.mia, clients.change_contact, other, **EDITED)
    assert refused.value.field == "contact_email"


def test_what_was_sent_keeps_the_address_it_was_sent_to() -> None:
    document = sent()
    clara = UUID(page(look(cast.mia, document).client_id).contacts[0].id)
    as_(cast.mia, clients.change_contact, clara, **EDITED)
    signers = as_(cast.mia, lambda work: [one.email for one in work.db.exec(select(Signer))])
    assert signers == [cast.clara.email]


def test_one_contact_is_the_first_and_the_others_can_be_removed() -> None:
    client = added()
    clara, carl = both(client)
    with pytest.raises(IllegalMove, match="signs and pays"):
        as_(cast.mia, clients.remove_contact, clara)
    for verb in (clients.make_primary, clients.remove_contact):
        with pytest.raises(NotAllowed):
            as_(cast.victor, verb, carl)
        with pytest.raises(NotFound):
            as_(cast.rita, verb, carl)
    as_(cast.mia, clients.make_primary, carl)
    as_(cast.mia, clients.make_primary, carl)
    as_(cast.mia, clients.remove_contact, clara)
    as_(cast.mia, clients.remove_contact, clara)
    assert [(c.name, c.is_primary) for c in page(client).contacts] == [("Carl Client", True)]
    kept = as_(cast.mia, lambda work: work.db.get_one(Contact, clara))
    assert (kept.name, kept.email, kept.can_sign) == (
        "Removed contact",
        f"removed-{clara}@removed.invalid",
        False,
    )
    assert (actions(carl), actions(clara)) == (["contact:add", "contact:make_primary"], ["contact:remove"])
    with pytest.raises(NotFound):
        as_(cast.mia, clients.make_primary, clara)


def test_who_is_asked_to_sign_cannot_be_removed() -> None:
    document = sent()
    client = look(cast.mia, document).client_id
    clara, carl = both(client)
    as_(cast.mia, clients.make_primary, carl)
    with pytest.raises(IllegalMove, match="asked to sign"):
        as_(cast.mia, clients.remove_contact, clara)


def facts(client_id: UUID) -> ClientFacts:
    shown = page(client_id)
    return ClientFacts(shown.name, shown.currency, shown.legal_name, shown.address, shown.is_consumer)


def test_a_client_is_changed_and_the_trail_says_what_it_was() -> None:
    client = added()
    for who, refusal in ((cast.victor, NotAllowed), (cast.rita, NotFound)):
        with pytest.raises(refusal):
            as_(who, clients.change, client, MENDED)
    assert facts(client) == ClientFacts("Bright Foods", "EUR")
    as_(cast.mia, clients.change, client, MENDED)
    as_(cast.mia, clients.change, client, replace(MENDED, name=" Brighter  Foods "))
    assert facts(client) == MENDED
    (event,) = recorded("client:change")
    assert event == {
        "who": "Mia Member",
        "changes": {
            "name": ["Bright Foods", "Brighter Foods"],
            "currency": ["EUR", "GBP"],
            "legal_name": ["", "Brighter Foods Ltd"],
            "address": ["", "1 High Street\nCork"],
            "is_consumer": [False, True],
        },
    }
    as_(cast.adam, clients.change, client, replace(MENDED, legal_name=""))
    as_(cast.olivia, clients.change, client, ClientFacts("Bright Foods", "EUR"))
    assert "Olivia Owner changed the client" in str(page(client).days)
    assert [row.name for row in as_(cast.victor, clients.list_page, text="bright foods").rows] == [
        "Bright Foods"
    ]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", " "),
        ("name", "x" * 121),
        ("legal_name", "x" * 201),
        ("address", "x" * 501),
        ("currency", "XXX"),
    ],
)
def test_a_client_is_changed_to_nothing_that_adding_would_refuse(field: str, typed: str) -> None:
    client = added()
    for verb in (
        lambda: as_(cast.mia, clients.change, client, replace(MENDED, **{field: typed})),
        lambda: added(**{field: typed}),
    ):
        with pytest.raises(Invalid) as refused:
            verb()
        assert refused.value.field == field
    assert facts(client) == ClientFacts("Bright Foods", "EUR")


def test_a_client_that_is_put_away_or_would_be_a_double_is_not_changed() -> None:
    client, other, double = added(), added(name="Other"), added(name="Third", contact_email="t@third.test")
    with pytest.raises(Invalid, match="Merge the two") as refused:
        as_(cast.mia, clients.change, other, ClientFacts("bright FOODS", "EUR"))
    assert refused.value.field == "name"
    as_(cast.mia, clients.change, double, ClientFacts("Bright Foods", "EUR"))  # nobody there is known here
    as_(cast.mia, clients.merge, other, str(client))
    with pytest.raises(IllegalMove, match="part of another one"):
        as_(cast.mia, clients.change, other, MENDED)
    as_(cast.mia, clients.archive, double)
    with pytest.raises(IllegalMove, match="archived"):
        as_(cast.mia, clients.change, double, MENDED)


def test_who_signs_has_the_same_party_before_them_until_it_is_sealed() -> None:
    document = sent()
    client = look(cast.mia, document).client_id
    as_(cast.mia, clients.change, client, ClientFacts("Bright Foods", "USD"))
    for wanted in (MENDED, ClientFacts("Bright Foods", "USD", is_consumer=True)):
        with pytest.raises(Invalid, match=f"{look(cast.mia, document).number} is out for signature"):
            as_(cast.mia, clients.change, client, wanted)
    signer = signed(document)
    with pytest.raises(Invalid, match="sealed"):
        as_(cast.mia, clients.change, client, MENDED)
    seal(signer)
    as_(cast.mia, clients.change, client, MENDED)
    assert (facts(client), look(cast.mia, document).currency) == (MENDED, "EUR")


def test_an_archived_client_is_in_no_list_and_gets_no_documents_until_it_is_restored() -> None:
    client = added()
    for verb in (clients.archive, clients.restore):
        with pytest.raises(NotAllowed):
            as_(cast.victor, verb, client)
        with pytest.raises(NotFound):
            as_(cast.rita, verb, client)
    as_(cast.mia, clients.archive, client)
    as_(cast.mia, clients.archive, client)
    assert as_(cast.victor, clients.list_page).rows == as_(cast.mia, clients.choices) == []
    assert [row.id for row in as_(cast.victor, clients.list_page, archived=True).rows] == [str(client)]
    with pytest.raises(Invalid, match="archived"):
        as_(cast.mia, documents.create, new_document(client), idempotency_key="k")
    with pytest.raises(Invalid, match="archived"):
        as_(cast.mia, projects.add, NewProject(str(client), "Relaunch"))
    as_(cast.mia, clients.restore, client)
    as_(cast.mia, clients.restore, client)
    assert not page(client).is_archived
    assert actions(client) == ["client:add", "client:archive", "client:restore"]


def test_nobody_loses_sight_of_what_is_out_for_signature_or_unpaid() -> None:
    out = look(cast.mia, sent()).client_id
    with pytest.raises(IllegalMove, match="out for signature, so it cannot be archived"):
        as_(cast.mia, clients.archive, out)

    def owing(work) -> UUID:
        document, _ = builders.a_signed_document(work)
        builders.opened(work, builders.an_invoice(work, document))
        return document.client_id

    with pytest.raises(IllegalMove, match="unpaid, so it cannot be merged"):
        as_(cast.mia, clients.merge, as_(cast.northlight, owing), str(added(name="Other")))


def test_two_clients_become_one_and_apart_again_without_rewriting_what_was_agreed() -> None:
    kept, double = added(), added(name="Bright Foods Ltd", contact_email="cleo@brightfoods.test")
    document = as_(cast.mia, documents.create, new_document(double), idempotency_key="k")
    with pytest.raises(NotAllowed):
        as_(cast.victor, clients.merge, double, str(kept))
    with pytest.raises(NotFound):
        as_(cast.rita, clients.merge, double, str(kept))
    for wrong in (str(double), "", "x"):
        with pytest.raises(Invalid):
            as_(cast.mia, clients.merge, double, wrong)
    as_(cast.mia, clients.merge, double, str(kept))
    as_(cast.mia, clients.merge, double, str(kept))
    whole = page(kept)
    assert [row.id for row in whole.documents] == [str(document)]
    assert {row.email for row in whole.contacts} == {cast.clara.email, "cleo@brightfoods.test"}
    assert [row.is_primary for row in whole.contacts] == [True, False]
    assert [part.name for part in whole.parts] == ["Bright Foods Ltd"]
    assert "created the document" in str(whole.days)
    assert page(double).merged_into.id == str(kept)
    assert look(cast.mia, document).client_id == double
    assert as_(cast.victor, clients.list_page, archived=True).rows == []
    assert actions(kept) == ["client:add", "client:merge"]
    with pytest.raises(IllegalMove):
        as_(cast.mia, clients.merge, kept, str(double))
    as_(cast.mia, clients.restore, double)
    assert (page(kept).documents, page(double).merged_into.id) == ([], "")


def test_clients_of_two_currencies_are_not_one() -> None:
    client, other = added(), added(name="Other", currency="USD")
    with pytest.raises(Invalid, match=r"different currencies.*Change the currency of one of them first"):
        as_(cast.mia, clients.merge, client, str(other))
    as_(cast.mia, clients.change, other, ClientFacts("Other", "EUR"))
    as_(cast.mia, clients.merge, client, str(other))
    assert page(client).merged_into.id == str(other)


def test_the_page_tells_of_everything_on_one_line_of_time() -> None:
    lead = as_(cast.northlight, leads.submit, Enquiry("Lena", "lena@lead.test", "A website."))
    made = as_(cast.mia, leads.convert, lead)
    seen = page(UUID(made.client_id))
    assert [row.name for row in seen.leads] == ["Lena"]
    assert [row.id for row in seen.projects] == [made.project_id]
    assert [row.id for row in seen.documents] == [made.document_id]
    told = [event.words for day in seen.days for event in day.events]
    for words in (
        "received a lead from the form",
        "added a client",
        "opened a project",
        "created the document",
    ):
        assert any(words in one for one in told)


FILE = (
    "Company;Contact name;E-mail;Currency\n"
    "Helios;Clara Voss;clara@helios.test;eur\n"
    "Bright Foods;Clara Client;clara@brightfoods.test;\n"
    "\n"
    "Helios;Clara Voss;CLARA@helios.test;EUR\n"
    "=cmd();No Address;nobody;EUR\n"
    ";Nameless;n@n.test;EUR\n"
    "Volt;Vera;vera@volt.test;XXX\n"
)


def test_a_file_is_looked_at_first_then_the_good_rows_are_added_and_the_bad_ones_reported() -> None:
    added()
    with pytest.raises(NotAllowed):
        as_(cast.victor, clients.preview, FILE)
    seen = as_(cast.mia, clients.preview, "\ufeff" + FILE)
    assert [row.status for row in seen.rows] == ["new", "known", "known", "bad", "bad", "bad"]
    assert (seen.new, seen.known, seen.bad) == (1, 2, 3)
    assert len(as_(cast.mia, clients.list_page).rows) == 1
    with pytest.raises(NotAllowed):
        as_(cast.victor, clients.import_rows, FILE)
    assert as_(cast.mia, clients.import_rows, FILE) == seen
    assert as_(cast.mia, clients.import_rows, FILE).new == 0
    assert {row.name for row in as_(cast.mia, clients.list_page).rows} == {"Bright Foods", "Helios"}
    assert seen.report.splitlines()[1].startswith("5,'=cmd(),No Address,nobody,")
    assert "complete e-mail address" in seen.report
    assert actions(cast.NORTHLIGHT) == ["client:import"]
    assert as_(cast.rita, clients.list_page).rows == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Choose a CSV file"),
        (",,,\n,,,", "only empty cells"),
        ("client,contact\nHelios,Clara", "lacks “email”"),
        ("client,contact,email", "nothing below"),
        ("client,contact,email\n" + "a,b,c@d.test\n" * 501, "At most 500"),
        ("x" * 300_001, "too large"),
        ('client,contact,email\n"' + "x" * 140_000, "can be read"),
    ],
    ids=["nothing", "empty", "column", "rows", "many", "large", "broken"],
)
def test_what_is_no_table_of_clients_is_said(text: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        as_(cast.mia, clients.preview, text)


def test_many_clients_are_imported_with_few_questions() -> None:
    rows = "".join(f"Client {number},Contact,c{number}@many.test\n" for number in range(60))
    assert as_(cast.mia, clients.import_rows, "client,contact,email\n" + rows).new == 60
    assert as_(cast.mia, lambda work: len(work.db.exec(select(Client)).all())) == 60
