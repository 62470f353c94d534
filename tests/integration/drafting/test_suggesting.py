"""Missing clauses: compared with the library and the brief, and put where they belong."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from contractflow.content.blocks import split
from contractflow.content.numbering import insert
from contractflow.content.version import Content
from contractflow.errors import IllegalMove, NotAllowed, NotFound
from contractflow.integrations.ai.brief import KINDS, LENGTHS, Brief
from contractflow.integrations.ai.library import compose
from contractflow.models import DocumentVersion
from contractflow.services import clients, documents, drafts
from contractflow.services.documents import Brief as TypedBrief
from contractflow.services.drafts.suggesting import _missing
from tests import cast
from tests.integration.journey import a_draft, approved, as_, look, new_client, new_document, sent, trail

pytestmark = pytest.mark.usefixtures("database", "redis_url")

TEXT = "## 1. Parties\n\nA and B.\n\n## 2. Scope\n\nA website.\n\n## 3. Fees\n\nTen.\n\n## 4. Governing law\n\nFrance."


def headings(document_id: UUID) -> list[str]:
    return [block.heading for block in as_(cast.mia, documents.one, document_id).blocks]


def suggested(document_id: UUID) -> dict[str, drafts.SuggestionRow]:
    return {row.name: row for row in as_(cast.victor, drafts.suggestions, document_id)}


def a_document_about(text: str = TEXT, **brief: object) -> UUID:
    client_id = as_(cast.mia, clients.add, new_client())
    typed = new_document(client_id, brief=TypedBrief(**{"scope": "A website.", **brief}))
    document_id = as_(cast.mia, documents.create, typed, idempotency_key="k")
    as_(cast.mia, documents.add_block, document_id, "", text)
    return document_id


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("length", LENGTHS)
def test_nothing_is_missing_in_what_the_library_composes(kind, length):
    brief = Brief(kind, "T", "A", "C", "A website", length=length, must_haves=("A weekly report",))
    content = Content("T", split(compose(brief)))
    assert [name for name, why in _missing(content, brief) if "Your brief mentions" not in why] == []


def test_what_is_missing_is_said_with_its_reason_and_its_place():
    found = suggested(a_document_about())
    assert {"deliverables", "confidentiality", "liability", "term"} <= set(found)
    assert not {"parties", "scope", "fees", "law", "details", "particular"} & set(found)
    row = found["confidentiality"]
    assert (row.title, row.place) == ("Confidentiality", "After “3. Fees”")
    assert row.why.endswith(".")
    assert row.html.startswith("<p>")


def test_the_brief_asks_for_more():
    document_id = a_document_about(
        scope="Two shoots by a freelance photographer", must_haves=["A report every Friday", "A website"],
        variables="Start date = 1 May",
    )  # fmt: skip
    found = suggested(document_id)
    assert found["subcontractors"].why.endswith("Your brief mentions “freelance”.")
    assert "A report every Friday" in found["particular"].why
    assert "{{start_date}}" in found["details"].why
    as_(cast.mia, drafts.add_clause, document_id, "particular")
    as_(cast.mia, drafts.add_clause, document_id, "details")
    page = as_(cast.mia, documents.one, document_id)
    assert "A report every Friday" in "".join(block.md for block in page.blocks)
    assert [variable.name for variable in page.variables] == ["start_date"]
    assert headings(document_id)[1] == "2. Details"


def test_adding_puts_it_where_it_belongs_and_counts_on():
    document_id = a_document_about()
    as_(cast.mia, drafts.add_clause, document_id, "deliverables")
    assert headings(document_id) == [
        "1. Parties", "2. Scope", "3. Deliverables and acceptance", "4. Fees", "5. Governing law",
    ]  # fmt: skip
    for _ in range(2):
        as_(cast.mia, drafts.add_clause, document_id, "deliverables")
    version = as_(
        cast.mia,
        lambda work: work.db.get_one(DocumentVersion, look(cast.mia, document_id).current_version_id),
    )
    assert (version.number, version.source) == (3, "suggestion")
    added = as_(cast.mia, documents.one, document_id).blocks[2]
    assert added.origin == "From the clause library, added by Mia Member"
    assert not added.is_placeholder, "whoever added it has read it"
    assert trail(cast.mia, document_id)[-1] == "document:add_clause"
    assert "deliverables" not in suggested(document_id)


async def test_two_people_add_the_same_clause_at_once():
    document_id = a_document_about()
    adding = [
        asyncio.to_thread(as_, who, drafts.add_clause, document_id, "term") for who in (cast.mia, cast.adam)
    ]
    await asyncio.gather(*adding)
    assert sum("Term" in title for title in headings(document_id)) == 1


def test_who_may_not_and_what_is_not_there():
    document_id = a_document_about()
    with pytest.raises(NotAllowed):
        as_(cast.victor, drafts.add_clause, document_id, "term")
    for verb, args in ((drafts.suggestions, ()), (drafts.add_clause, ("term",))):
        with pytest.raises(NotFound):
            as_(cast.rita, verb, document_id, *args)
    for name in ("", "../../etc/passwd", "nda_purpose_of_another"):
        with pytest.raises(NotFound):
            as_(cast.mia, drafts.add_clause, document_id, name)
    as_(cast.mia, drafts.add_clause, document_id, "nda_purpose")
    assert look(cast.mia, document_id).current_version_id, "a clause of another kind is not missing here"
    assert len(headings(document_id)) == 4


def test_nothing_is_suggested_before_anything_is_written():
    assert suggested(a_draft(text="")) == {}


def test_adding_makes_an_approval_stale_and_a_sent_document_is_frozen():
    document_id = approved()
    as_(cast.mia, drafts.add_clause, document_id, "law")
    assert look(cast.mia, document_id).approval_status == "stale"


def test_a_sent_document_is_frozen():
    with pytest.raises(IllegalMove, match="frozen"):
        as_(cast.mia, drafts.add_clause, sent(), "law")


@pytest.mark.parametrize(
    ("text", "position", "result"),
    [
        ("## 1. A\n\n## 2. B", 1, ["## 1. A", "## 2. New", "## 3. B"]),
        ("## 1. A\n\n## 2. B", 0, ["## 1. New", "## 2. A", "## 3. B"]),
        ("## 1. A\n\n## 2. B", 2, ["## 1. A", "## 2. B", "## 3. New"]),
        ("## A\n\n## B", 1, ["## A", "## New", "## B"]),
        ("## 1. A\n\n## Free\n\n## 2. B", 2, ["## 1. A", "## Free", "## 2. New", "## 3. B"]),
        ("## 1. A\n\nSee clause 2.\n\n## 2. B", 1, ["## 1. A\n\nSee clause 2.", "## 1a. New", "## 2. B"]),
        ("## 1. A\n\nSee § 1.\n\n## 2. B", 1, ["## 1. A\n\nSee § 1.", "## 2. New", "## 3. B"]),
        ("## 1. A\n\n## 1a. C\n\n## 2. B, see Section 2", 2, ["## 1. A", "## 1a. C", "## 1b. New", "## 2. B, see Section 2"]),
    ],
)  # fmt: skip
def test_numbers_make_room_unless_somebody_refers_to_them(text, position, result):
    (new,) = split("## New", seed="new")
    assert [block.md for block in insert(split(text), position, new)] == result
