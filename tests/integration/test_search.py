"""One field over everything: what it finds, for whom, and what it never tells."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from contractflow.content.excerpts import Piece, excerpt, words_in
from contractflow.db.unit_of_work import UnitOfWork, unit_of_work
from contractflow.errors import Invalid, NotAllowed
from contractflow.models import Client, Document, Invoice
from contractflow.permissions import Visitor
from contractflow.services import clients, documents, search
from tests import cast
from tests.integration.journey import a_draft, as_, new_client, new_document, sent, signer_of, statements

pytestmark = pytest.mark.usefixtures("database")


def looked_for(words, person=cast.victor):
    """What the page of the search shows, of every kind."""
    return [row for group in as_(person, search.page, words).groups for row in group.rows]


def found(person, text):
    return [(hit.group, hit.words) for hit in as_(person, search.find, text)]


def test_every_word_has_to_fit_somewhere_whatever_its_case():
    document = a_draft()
    (title,) = [hit.words for hit in as_(cast.mia, search.find, "") if hit.href == "/documents/new"]
    assert title == "New document"
    hits = as_(cast.mia, search.find, "WEBSITE bright")
    assert [(hit.group, hit.href) for hit in hits] == [("Documents", f"/documents/{document}")]
    assert as_(cast.mia, search.find, "website nobody") == []


def test_clients_are_found_by_the_people_there():
    as_(
        cast.mia,
        clients.add,
        new_client(name="Helios Coffee", contact_name="Clara Voss", contact_email="cv@helios.test"),
    )
    assert (
        found(cast.mia, "helios")
        == found(cast.mia, "voss")
        == found(cast.mia, "cv@helios")
        == [("Clients", "Helios Coffee")]
    )


def test_colleagues_and_pages_are_found_too():
    assert found(cast.victor, "adam") == [("Team", "Adam Admin")]
    assert found(cast.olivia, "audit") == [("Go to", "Audit log")]


def test_nobody_is_led_where_their_role_may_not_go():
    assert ("Go to", "New document") in found(cast.mia, "")
    assert ("Go to", "New document") not in found(cast.victor, "")
    assert found(cast.victor, "audit") == []


def test_a_rival_finds_nothing_of_ours():
    a_draft()
    for typed in ("website", "bright", "mia", "%", "_", "' OR 1=1 --"):
        assert [hit for hit in as_(cast.rita, search.find, typed) if hit.group != "Go to"] == [], typed


def test_signs_of_patterns_are_only_characters():
    a_draft()
    assert (
        found(cast.mia, "%")
        == found(cast.mia, "web_ite")
        == found(cast.mia, "\\")
        == found(cast.mia, "':*|!()")
        == []
    )


def test_it_stays_short_and_asks_as_often_however_much_there_is():
    for number in range(7):
        as_(cast.mia, clients.add, new_client(name=f"Many {number}"))
    with unit_of_work(cast.mia) as work, statements(work) as seen:
        hits = search.find(work, "many " * 1000)
    newest = [f"Many {number}" for number in range(2, 7)]
    assert [hit.words for hit in hits[: search.EACH]] == newest
    assert [hit.group for hit in hits[search.EACH :]] == ["Search"]
    assert len(seen) <= 11


def test_who_is_nobody_here_finds_nothing():
    with pytest.raises(NotAllowed):
        as_(Visitor(), search.find, "x")


def test_a_word_of_the_text_finds_its_document_with_the_place_that_says_it():
    document = a_draft(text="## 1. Scope\n\nWe draw a **lighthouse** for the café by the sea.")
    (row,) = looked_for("LIGHT cafe")
    assert (row.href, row.pill, row.kind) == (f"/documents/{document}", "draft", "document")
    assert [piece.text for piece in row.excerpt if piece.is_found] == ["lighthouse", "café"]
    assert (
        "".join(piece.text for piece in row.excerpt)
        == "1. Scope We draw a lighthouse for the café by the sea."
    )
    assert looked_for("light nowhere") == []
    assert looked_for("lighthouse", cast.rita) == []


def test_what_is_written_anew_is_found_and_what_it_was_is_not():
    document = a_draft(text="We draw a lighthouse.")
    block = as_(cast.mia, documents.one, document).blocks[0]
    as_(cast.mia, documents.save_block, document, block.id, "We draw a windmill.", block.digest)
    assert looked_for("lighthouse") == []
    assert len(looked_for("windmill")) == 1
    as_(cast.mia, documents.rename, document, "The mill")
    assert [row.href for row in looked_for("mill windm")] == [f"/documents/{document}"]


def test_a_renamed_client_takes_along_what_is_theirs():
    document = a_draft()
    (client,) = [row for row in looked_for("foods") if row.kind == "client"]
    with unit_of_work(cast.mia) as work:
        work.db.get_one(Client, UUID(client.href.rpartition("/")[2])).name = "Dull Bakery"
    assert looked_for("foods") == []
    assert f"/documents/{document}" in [row.href for row in looked_for("dull website")]


def test_one_kind_comes_by_pages_and_by_its_state(database):
    as_(cast.mia, clients.add, new_client())
    client = as_(cast.mia, clients.list_page).rows[0].id
    for number in range(search.PAGE + 3):
        name = new_document(client, title=f"Harbour plan {number}")
        as_(cast.mia, documents.create, name, idempotency_key=f"k{number}")
    first = as_(cast.mia, search.page, "harbour", kind="document")
    assert (len(first.rows), first.found) == (search.PAGE, f"More than {search.PAGE}")
    rest = as_(cast.mia, search.page, "harbour", kind="document", after=first.after)
    names = ["".join(piece.text for piece in row.words) for row in (*first.rows, *rest.rows)]
    assert names == [f"Harbour plan {number}" for number in reversed(range(search.PAGE + 3))]
    assert rest.after == ""
    assert as_(cast.mia, search.page, "harbour 7", kind="document").found == "1"
    assert [group.href for group in as_(cast.mia, search.page, "harbour").groups] == [
        "/search?kind=document&q=harbour"
    ]
    assert as_(cast.mia, search.page, "harbour", kind="document", status="signed").rows == []
    with pytest.raises(Invalid):
        as_(cast.mia, search.page, "harbour", kind="document", after="x")


def test_invoices_are_found_by_number_and_gone_documents_are_not(database):
    document = sent()
    with unit_of_work(cast.olivia) as work:
        client = work.db.get_one(Document, document).client_id
        invoice = Invoice(org_id=cast.NORTHLIGHT, client_id=client, kind="one_off", label="Lighthouse", currency="EUR", subtotal_minor=1, total_minor=1)  # fmt: skip
        work.db.add(invoice)
    assert [row.href for row in looked_for("lighth")] == [f"/invoices/{invoice.id}"]
    as_(cast.mia, documents.void, document, "No longer needed")
    with unit_of_work(cast.mia) as work:
        work.db.get_one(Document, document).deleted_at = work.now
    assert as_(cast.mia, search.page, "website", kind="document").rows == []


def test_the_index_answers_and_no_table_is_walked_through():
    """Whatever the planner would rather do with tables this small: as the app, under row-level security."""
    a_draft()
    for words in ("website", "fee due", "zzz", "we"):
        with unit_of_work(cast.mia) as work:
            before = _scans(work)
            search.page(work, words, kind="document")
            after = _scans(work)
        assert after["search_entry"] == before["search_entry"]
        assert after["ix_search_entry_words"] > before["ix_search_entry_words"]


def test_a_common_word_is_answered_from_the_newest_and_a_rare_one_leads_the_way_to_the_others(crowd):
    """Whatever many documents say is not put in order first: reads what is shown, not what there is."""
    read = {words: _read(words) for words in ("common", "common seldom", "seldom", "usual common")}
    assert read["common"] < 150, read
    assert read["usual common"] < 700, read  # each tenth: from the newest, not by the index
    assert read["common seldom"] < read["seldom"] + 200, read  # the common one is not gathered
    assert _found("common seldom") == _found("seldom") == [(crowd[n], 3) for n in (2700, 1500, 300)]
    assert _found("usual common")[0] == (crowd[2990], None)
    assert _found("usual other") == []
    assert _found("fiftieth")[0] == (crowd[2970], None)  # four of the newest 200 promise twenty among 2,000


def _found(words: str) -> list[tuple[UUID, int | None]]:
    query = text("SELECT id, found FROM gate_search('document', :words, false, NULL, :most)")
    with unit_of_work(cast.mia) as work:
        return [tuple(one) for one in work.db.execute(query, {"words": words, "most": search.PAGE})]


def _read(words: str) -> int:
    """Pages of the server that the question touched."""
    query = text("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT * FROM gate_search('document', :words, false, NULL, :most)")  # fmt: skip
    with unit_of_work(cast.mia) as work:
        (plan,) = work.db.execute(query, {"words": words, "most": search.PAGE}).scalar_one()
    return int(plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"])


@pytest.fixture
def crowd(database):
    """The words of three thousand documents, by number: all say "common", each tenth "usual", another tenth "other", each fiftieth that, three "seldom"."""
    made = """
        INSERT INTO search_entry
        SELECT %(org)s, 'document', (lpad(to_hex(n), 12, '0') || '7000800000000000000' || '0')::uuid,
               search_entry_words(%(org)s, 'document', '', concat_ws(' ', 'common', CASE n %% 10 WHEN 0 THEN 'usual' WHEN 5 THEN 'other' END,
                                  CASE n %% 50 WHEN 20 THEN 'fiftieth' END,
                                  CASE WHEN n IN (300, 1500, 2700) THEN 'seldom' END), %(org)s)
          FROM generate_series(0, 2999) n RETURNING entity_id"""
    with database.admin() as admin:
        ids = [one for (one,) in admin.execute(made, {"org": cast.NORTHLIGHT})]
        admin.execute("VACUUM ANALYZE search_entry")
    return ids


def _scans(work: UnitOfWork) -> dict[str, int]:
    """Of this connection, whatever others do meanwhile; they are reported between transactions, never inside one."""
    asked = text("SELECT pg_stat_get_xact_numscans(CAST(:name AS regclass))")
    return {name: work.db.scalar(asked, {"name": name}) for name in ("search_entry", "ix_search_entry_words")}


def test_the_web_itself_reads_no_words_and_a_client_who_signs_finds_nothing():
    signer = signer_of(document := sent())
    with unit_of_work(signer) as work:
        asked = "SELECT * FROM gate_search('document', 'website', true, NULL, 5)"
        assert work.db.execute(text(asked)).all() == []
        assert work.db.get(Document, document) is not None
    with pytest.raises(ProgrammingError, match="permission denied"), unit_of_work(cast.mia) as work:
        work.db.execute(text("SELECT * FROM search_entry"))


@pytest.mark.parametrize("odd", ["", " ", "'", "\\", "a' | 'b", "((", ":*", "é́", "x" * 5000, "🙂", "a\tb"])
def test_nothing_that_is_typed_is_a_fault(odd):
    as_(cast.mia, search.find, odd)
    as_(cast.mia, search.page, odd)


def test_an_excerpt_marks_what_was_looked_for_and_nothing_else():
    pieces = excerpt(["Nothing here.", "The CAFÉ cafeteria and the decaf."], words_in("cafe"))
    assert [piece.text for piece in pieces if piece.is_found] == ["CAFÉ", "cafeteria"]
    assert excerpt(["<script>alert(1)</script>"], ["script"])[1] == Piece("script", is_found=True)
    long = "word " * 100 + "needle " + "word " * 100
    line = "".join(piece.text for piece in excerpt([long], ["needle"]))
    assert line.startswith("… word")
    assert line.endswith("word …")
    assert len(line) < 300
    assert excerpt(["b c"], ["a"]) == []
    assert [p.is_found for p in excerpt(["a b"], ["a"])] == [True, False]
