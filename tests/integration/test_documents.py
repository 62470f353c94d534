"""Creating, editing and finding documents."""

from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select

from contractflow.content.typed_plan import TypedRow
from contractflow.content.version import Content
from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import IllegalMove, Invalid, LimitReached, NotAllowed, NotFound, Stale
from contractflow.models import DocumentVersion
from contractflow.services import clients, desk, documents
from contractflow.services.documents import Brief
from contractflow.services.drafts.briefing import brief_for
from tests import cast
from tests.integration.journey import (
    PLAN,
    a_draft,
    approved,
    as_,
    look,
    new_client,
    new_document,
    sent,
    statements,
    trail,
)

pytestmark = pytest.mark.usefixtures("database", "redis_url")


def versions(document_id: UUID) -> list[DocumentVersion]:
    query = select(DocumentVersion).where(col(DocumentVersion.document_id) == document_id)
    return as_(cast.mia, lambda work: list(work.db.exec(query.order_by(col(DocumentVersion.number)))))


def block(document_id: UUID, number: int = 0):
    return as_(cast.mia, documents.one, document_id).blocks[number]


def test_a_viewer_cannot_create():
    client_id = as_(cast.mia, clients.add, new_client())
    with pytest.raises(NotAllowed, match="members and above"):
        as_(cast.victor, documents.create, new_document(client_id), idempotency_key="k")


def test_a_new_document_has_number_signer_version_and_trail():
    document_id = a_draft(text="")
    page = as_(cast.victor, documents.one, document_id)
    assert (page.status, page.version, page.total) == ("draft", "1", "€1,000.00")
    assert page.number.startswith("CF-")
    assert [(s.name, s.email, s.status) for s in page.signers] == [
        (cast.clara.name, cast.clara.email, "waiting")
    ]
    assert trail(cast.mia, document_id) == ["document:create"]


def test_a_double_click_makes_one_document():
    client_id = as_(cast.mia, clients.add, new_client())
    ids = {as_(cast.mia, documents.create, new_document(client_id), idempotency_key="once") for _ in range(3)}
    assert len(ids) == 1
    assert len(as_(cast.mia, documents.list_page).rows) == 1


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("title", {"title": "  \n "}),
        ("title", {"title": "x" * 100_000}),
        ("kind", {"kind": "<script>"}),
        ("currency", {"currency": "BTC"}),
        ("total", {"total": "12,000,00x"}),
        ("total", {"total": "-5"}),
        ("payment_plan", {"plan": (TypedRow("deposit", "Deposit", "400.00"),)}),
        ("payment_plan.deposit", {"plan": (TypedRow("deposit", "Deposit", "forty"), PLAN[1])}),
        ("scope", {"brief": Brief(scope=" ")}),
        ("scope", {"brief": Brief(scope="x" * 100_000)}),
        ("tone", {"brief": Brief(scope="x", tone="rude")}),
        ("length", {"brief": Brief(scope="x", length="endless")}),
        ("variables", {"brief": Brief(scope="x", variables="Start date = 1 May\n???")}),
        ("variables", {"brief": Brief(scope="x", variables="x\n" * 10_000)}),
        ("client_id", {"client_id": ""}),
        ("client_id", {"client_id": "<img>"}),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field_and_changes_nothing(field, changed):
    client_id = as_(cast.mia, clients.add, new_client())
    typed = new_document(client_id, **changed)
    with pytest.raises(Invalid) as refused:
        as_(cast.mia, documents.create, typed, idempotency_key="k")
    assert refused.value.field == field
    assert as_(cast.mia, documents.list_page).rows == []


def test_markup_in_a_title_stays_text():
    client_id = as_(cast.mia, clients.add, new_client())
    title = "<b>Bold</b> {{client.name}} #eval"
    document_id = as_(cast.mia, documents.create, new_document(client_id, title=title), idempotency_key="k")
    assert as_(cast.mia, documents.one, document_id).title == title


def test_rita_reaches_nothing():
    document_id = a_draft()
    assert as_(cast.rita, documents.list_page).rows == []
    first = block(document_id)
    for verb, args in (
        (documents.one, ()),
        (documents.save_block, (first.id, "## Mine\n\nnow", first.digest)),
        (documents.submit, ()),
        (documents.send, ()),
        (documents.void, ("because",)),
    ):
        with pytest.raises(NotFound):
            as_(cast.rita, verb, document_id, *args)
    client_of_northlight = as_(cast.mia, documents.one, document_id).client_id
    with pytest.raises(NotFound):
        as_(cast.rita, documents.create, new_document(client_of_northlight), idempotency_key="k")


def test_every_save_is_a_version_and_the_hash_is_of_the_text():
    document_id = a_draft()
    first = block(document_id)
    digest = as_(
        cast.mia, documents.save_block, document_id, first.id, "## 1. Scope\n\nWe build an app.", first.digest
    )
    saved = versions(document_id)
    assert [v.number for v in saved] == [1, 2, 3]
    assert "an app" in Content.from_text(saved[-1].content).blocks[0].md
    assert block(document_id).digest == digest
    assert block(document_id).origin == "Edited by Mia Member"
    assert trail(cast.mia, document_id)[-1] == "document:edit"


def test_saving_what_is_there_already_changes_nothing():
    document_id = a_draft()
    first = block(document_id)
    as_(cast.mia, documents.save_block, document_id, first.id, first.md, "whatever")
    assert len(versions(document_id)) == 2


def test_a_stale_tab_is_told_and_overwrites_nothing():
    document_id = a_draft()
    first = block(document_id)
    as_(cast.adam, documents.save_block, document_id, first.id, "## 1. Scope\n\nAdam was here.", first.digest)
    with pytest.raises(Stale, match="Your text is still here"):
        as_(cast.mia, documents.save_block, document_id, first.id, "## 1. Scope\n\nMia too.", first.digest)
    assert "Adam" in block(document_id).md


def test_two_people_edit_two_clauses():
    document_id = a_draft()
    one, two = block(document_id, 0), block(document_id, 1)
    as_(cast.adam, documents.save_block, document_id, one.id, "## 1. Scope\n\nAdam.", one.digest)
    as_(cast.mia, documents.save_block, document_id, two.id, "## 2. Fees\n\nMia.", two.digest)
    assert ["Adam" in block(document_id, 0).md, "Mia" in block(document_id, 1).md] == [True, True]


def test_text_that_cannot_be_printed_is_named():
    document_id = a_draft()
    first = block(document_id)
    with pytest.raises(Invalid, match="🦄"):
        as_(
            cast.mia, documents.save_block, document_id, first.id, "## 1. Scope\n\nA unicorn 🦄", first.digest
        )


def test_clauses_come_and_go():
    document_id = a_draft()
    added = as_(cast.mia, documents.add_block, document_id, block(document_id).id, "## New\n\nText")
    assert block(document_id, 1).id == added
    for _ in range(2):
        as_(cast.mia, documents.remove_block, document_id, added)
    assert [b.heading for b in as_(cast.mia, documents.one, document_id).blocks] == ["1. Scope", "2. Fees"]


def test_the_brief_of_a_document_is_kept_with_its_variables():
    client_id = as_(cast.mia, clients.add, new_client())
    brief = Brief(scope="A website.", length="detailed", variables="Start date = 1 May\nContact")
    typed = new_document(client_id, brief=brief)
    document_id = as_(cast.mia, documents.create, typed, idempotency_key="k")
    assert look(cast.mia, document_id).brief["variables"] == {"start_date": "1 May", "contact": ""}
    assert Content.from_text(versions(document_id)[0].content).variables == {"start_date": "1 May"}
    briefed = as_(cast.mia, lambda work: brief_for(work, look(cast.mia, document_id), {"scope": "Of old."}))
    assert (briefed.length, briefed.variables, briefed.tone) == ("standard", (), "plain")


def test_variables_are_filled_in_and_hold_up_the_submission_until_then():
    document_id = a_draft(text="## 1. Start\n\nOn {{start_date}} for {{fee}}.")
    with pytest.raises(NotAllowed):
        as_(cast.victor, documents.fill_in, document_id, {"fee": "x"})
    with pytest.raises(IllegalMove, match="variables"):
        as_(cast.mia, documents.submit, document_id)
    as_(cast.mia, documents.fill_in, document_id, {"start_date": " 1\nMay ", "fee": "", "not_there": "x"})
    page = as_(cast.mia, documents.one, document_id)
    assert [(v.label, v.value) for v in page.variables] == [("Fee", ""), ("Start date", "1 May")]
    assert "1 May" in page.blocks[0].html
    assert Content.from_text(versions(document_id)[-1].content).variables == {"start_date": "1 May"}
    with pytest.raises(Invalid) as refused:
        as_(cast.mia, documents.fill_in, document_id, {"fee": "x" * 3000})
    assert refused.value.field == "variables.fee"
    as_(cast.mia, documents.fill_in, document_id, {"fee": "€10"})
    count = len(versions(document_id))
    as_(cast.mia, documents.fill_in, document_id, {"fee": "€10"})
    assert len(versions(document_id)) == count, "nothing changed"
    as_(cast.mia, documents.submit, document_id)
    as_(cast.mia, documents.fill_in, document_id, {"fee": "€11"})
    assert look(cast.mia, document_id).approval_status == "stale"


def test_an_edit_makes_an_approval_stale():
    document_id = approved()
    first = block(document_id)
    as_(cast.mia, documents.save_block, document_id, first.id, "## 1. Scope\n\nMore.", first.digest)
    assert look(cast.mia, document_id).approval_status == "stale"
    with pytest.raises(IllegalMove, match="not approved"):
        as_(cast.mia, documents.send, document_id)


def test_a_sent_document_is_frozen():
    document_id = sent()
    first = block(document_id)
    with pytest.raises(IllegalMove, match="frozen"):
        as_(cast.mia, documents.save_block, document_id, first.id, "## 1. Scope\n\nMore.", first.digest)


def test_the_plan_must_sum_when_it_changes():
    document_id = a_draft()
    plan = Content.from_text(versions(document_id)[-1].content).payment_plan
    with pytest.raises(Invalid, match="less than the total"):
        as_(cast.mia, documents.replan, document_id, "1,200.00", plan)


def test_the_list_pages_by_key_and_narrows(database):
    with database.admin() as admin:
        admin.execute("""UPDATE org SET settings = '{"limits": {"documents": null}}'""")
    client_id = as_(cast.mia, clients.add, new_client())
    for number in range(53):
        as_(
            cast.mia,
            documents.create,
            new_document(client_id, title=f"Document {number:03}"),
            idempotency_key=str(number),
        )
    first = as_(cast.victor, documents.list_page)
    second = as_(cast.victor, documents.list_page, after=first.after)
    assert (len(first.rows), len(second.rows), second.after) == (50, 3, "")
    assert not {r.id for r in first.rows} & {r.id for r in second.rows}
    assert [r.title for r in as_(cast.victor, documents.list_page, text="document 007").rows] == [
        "Document 007"
    ]
    assert as_(cast.victor, documents.list_page, text="100%_\\").rows == []
    assert as_(cast.victor, documents.list_page, status="sent").rows == []


def test_a_full_tier_is_said_before_anything_happens(database):
    with database.admin() as admin:
        admin.execute("""UPDATE org SET settings = '{"limits": {"documents": 1}}'""")
    a_draft()
    client_id = as_(cast.mia, clients.add, new_client())
    with pytest.raises(LimitReached, match="holds 1 active"):
        as_(cast.mia, documents.create, new_document(client_id), idempotency_key="second")


def test_a_foreign_or_broken_page_key_is_refused():
    with pytest.raises(Invalid):
        as_(cast.mia, documents.list_page, after="'; DROP TABLE document")


def test_nobody_knows_a_document_that_is_not_there():
    with pytest.raises(NotFound):
        as_(cast.mia, documents.one, uuid4())


def test_everything_on_the_desk_comes_with_a_handful_of_queries():
    document_id = sent()
    with unit_of_work(cast.mia) as work, statements(work) as seen:
        on = desk.of_document(work, document_id)
    assert (on.page.client, on.page.owner, on.page.review.steps[0].people[0].name) == (
        "Bright Foods",
        "Mia Member",
        "Adam Admin",
    )
    assert len(seen) <= 16, seen


def test_a_clause_is_drawn_anew_when_what_stands_in_it_changes():
    document_id = a_draft(text="## Term\n\nFrom {{start}} on.")
    assert "cf-variable--filled" not in block(document_id).html
    as_(cast.mia, documents.fill_in, document_id, {"start": "1 May"})
    assert "1 May</span>" in block(document_id).html


def test_documents_are_counted_as_far_as_anybody_reads_a_number(monkeypatch):
    for number in range(3):
        a_draft(key=f"k{number}")
    counted = as_(cast.victor, documents.counts)
    assert (counted[""], counted["draft"], counted["signed"]) == ("3", "3", "0")
    monkeypatch.setattr("contractflow.services.paging.MOST_COUNTED", 2)
    assert as_(cast.victor, documents.counts)["draft"] == "2+"
    assert as_(cast.rita, documents.counts)[""] == "0"
