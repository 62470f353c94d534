"""Templates and clauses: who may, what they become, what the trail says; and the documents that begin with them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from contractflow.content.blocks import Block, digest
from contractflow.content.unwritten import NEW_CLAUSE
from contractflow.content.version import Content
from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import IllegalMove, Invalid, NotAllowed, NotFound, Stale
from contractflow.models import AuditEvent, DocumentVersion, Template
from contractflow.models.columns import uuid7
from contractflow.permissions import System
from contractflow.services import accounts, documents, drafts, templates
from contractflow.services.documents import Brief
from contractflow.workflows.template import TemplateStatus
from tests import builders, cast
from tests.integration import journey
from tests.integration.journey import as_

pytestmark = pytest.mark.usefixtures("database", "redis_url")

DOCUMENT, CLAUSE = "document", "clause"


def trail() -> list[str]:
    """What was done to the shelf, oldest first."""
    query = select(AuditEvent.action).where(col(AuditEvent.action).like("template:%"))
    return as_(cast.olivia, lambda work: list(work.db.exec(query.order_by(col(AuditEvent.seq)))))


def row(template_id: UUID) -> Template:
    return as_(cast.olivia, lambda work: work.db.get_one(Template, template_id))


def a_template(kind: str = DOCUMENT, name: str = "Workshop", **other: Any) -> UUID:
    category = {DOCUMENT: "sow", CLAUSE: "work"}[kind]
    template_id: UUID = as_(cast.mia, templates.add, kind, name, category, **other)
    return template_id


def write(template_id: UUID, part: str, md: str, who: Any = cast.mia) -> str:
    base = next(digest(Block(p["id"], p["md"])) for p in row(template_id).body if p["id"] == part)
    return as_(who, templates.save_part, template_id, part, md, base)


def published(kind: str = DOCUMENT, md: str = "## Scope\n\nA day.", **other: Any) -> UUID:
    template_id = a_template(kind, **other)
    write(template_id, row(template_id).body[0]["id"], md)
    as_(cast.adam, templates.publish, template_id)
    return template_id


def page(template_id: UUID, who: Any = cast.mia, kind: str = DOCUMENT) -> Any:
    return as_(who, templates.one, template_id, kind)


# -- the shelf


def test_a_new_agency_finds_eight_templates_and_sixty_clauses_in_use():
    org_id = uuid7()
    as_(
        System(org_id, "sign-up"),
        accounts.sign_up,
        "Nora New",
        "nora@new.test",
        cast.PASSWORD_HASH,
        "Newlight",
    )
    with unit_of_work(System(org_id, "test")) as work:
        found = work.db.exec(select(Template)).all()
        assert {one.status for one in found} == {TemplateStatus.PUBLISHED}
        assert len([one for one in found if one.kind == DOCUMENT]) == 8
        assert len([one for one in found if one.kind == CLAUSE]) >= 60
        assert len([one for one in found if one.kind == CLAUSE and len(one.body) == 2]) >= 50


def test_the_starter_library_comes_once_and_leaves_what_is_there_alone():
    with pytest.raises(NotAllowed):
        as_(cast.mia, templates.stock)
    own = a_template(CLAUSE, "Governing law")
    count = as_(cast.adam, templates.stock)
    assert count > 68
    assert as_(cast.adam, templates.stock) == 0
    assert trail() == ["template:add", "template:stock"]
    assert row(own).status is TemplateStatus.DRAFT
    first = as_(cast.victor, templates.list_page, DOCUMENT)
    assert [one.name for one in first.rows] == sorted(one.name for one in first.rows)
    assert len(first.rows) == 8
    page_one = as_(cast.victor, templates.list_page, CLAUSE)
    page_two = as_(cast.victor, templates.list_page, CLAUSE, after=page_one.after)
    names = [one.name for one in (*page_one.rows, *page_two.rows)]
    assert (len(page_one.rows), page_two.after) == (50, "")
    assert len(set(names)) == len(names) == count - 8
    assert [one.name for one in as_(cast.mia, templates.list_page, CLAUSE, text="poach").rows] == [
        "No poaching"
    ]
    money = as_(cast.mia, templates.list_page, CLAUSE, group="money").rows
    assert {one.group for one in money} == {"Money"}


def test_every_starter_becomes_a_document_that_can_be_sent_to_review():
    as_(cast.adam, templates.stock)
    client = as_(cast.mia, documents_client)
    for number, choice in enumerate(as_(cast.mia, templates.choices)):
        asked = as_(cast.mia, templates.form, UUID(choice.value)).asked
        answers = {"date": "2026-12-01", "number": "7", "long": "Search ads\nA weekly report"}
        values = {one.name: one.default or answers.get(one.type, "Something") for one in asked}
        document_id = as_(
            cast.mia, documents.create,
            journey.new_document(client, template_id=choice.value, values=values, brief=Brief("")), idempotency_key=f"t{number}",
        )  # fmt: skip
        shown = as_(cast.mia, documents.one, document_id)
        assert [one for one in shown.variables if not one.value] == [], choice.label
        assert shown.can["submit"], (choice.label, shown.why_not)


def documents_client(work: Any) -> str:
    client = builders.a_client(work)
    builders.a_contact(work, client)
    return str(client.id)


# -- writing


def test_who_may_not_write_or_publish():
    template_id = a_template()
    for verb, args in (
        (templates.add, (DOCUMENT, "Mine", "sow")), (templates.describe, (template_id, "Mine", "sow")),
        (templates.save_part, (template_id, "00000001", "x", "x")), (templates.add_part, (template_id, "", "x")),
        (templates.remove_part, (template_id, "00000001")), (templates.discard, (template_id,)),
        (templates.save_variable, (template_id, "x", {})), (templates.revise, (template_id,)),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            as_(cast.victor, verb, *args)
    for verb in (templates.publish, templates.archive):
        with pytest.raises(NotAllowed, match="Only admins and above can publish templates"):
            as_(cast.mia, verb, template_id)
    with pytest.raises(NotAllowed, match="Only admins and above can lock clauses"):
        as_(cast.mia, templates.lock_part, template_id, "00000001", is_locked=True)
    with pytest.raises(NotFound):
        as_(cast.rita, templates.publish, template_id)
    assert trail() == ["template:add"]


def test_a_template_is_written_part_by_part():
    template_id = a_template(about="A day together.")
    write(template_id, "00000001", "## Scope\n\n{{scope}}\n\n## Price\n\nThe price is {{fee}}.")
    added = as_(cast.mia, templates.add_part, template_id, "00000001", "## Place\n\nAt {{client.name}}.")
    as_(cast.mia, templates.move_part, template_id, added, is_up=True)
    as_(cast.mia, templates.move_part, template_id, added, is_up=True)
    shown = page(template_id)
    assert [one.heading for one in shown.parts] == ["Place", "Scope", "Price"]
    assert [one.name for one in shown.variables] == ["scope", "fee"]
    assert shown.filled == ["{{client.name}}: the client's name"]
    as_(cast.mia, templates.remove_part, template_id, added)
    as_(cast.mia, templates.remove_part, template_id, added)
    assert trail() == ["template:add", *["template:edit"] * 4]
    with pytest.raises(Stale):
        as_(cast.mia, templates.save_part, template_id, "00000001", "Other", "0" * 16)
    with pytest.raises(Invalid, match="cannot be empty"):
        write(template_id, "00000001", "  ")
    with pytest.raises(Invalid, match="already"):
        a_template(name="workshop")
    as_(cast.mia, templates.describe, template_id, "Workshop day", "msa", "")
    assert (row(template_id).name, row(template_id).category) == ("Workshop day", "msa")


def test_a_variable_has_a_type_a_default_and_limits():
    template_id = a_template()
    write(template_id, "00000001", "## Terms\n\n{{rounds}} rounds until {{end}}, {{style}}, by {{contact}}.")
    typed = {"type": "number", "default": "2", "least": "1", "most": "5", "is_required": "on"}
    as_(cast.mia, templates.save_variable, template_id, "rounds", typed)
    as_(cast.mia, templates.save_variable, template_id, "rounds", typed)
    as_(cast.mia, templates.save_variable, template_id, "end", {"type": "date"})
    as_(
        cast.mia,
        templates.save_variable,
        template_id,
        "style",
        {"type": "choice", "choices": "Fast\nSlow\nFast"},
    )
    as_(cast.mia, templates.save_variable, template_id, "contact", {"type": "email"})
    assert trail().count("template:edit") == 5
    for name, wrong, field in (
        ("rounds", {"type": "number", "default": "9", "most": "5"}, "default"),
        ("rounds", {"type": "number", "least": "few"}, "least"),
        ("rounds", {"type": "vibe"}, "type"),
        ("style", {"type": "choice", "choices": "One"}, "choices"),
    ):
        with pytest.raises(Invalid) as refused:
            as_(cast.mia, templates.save_variable, template_id, name, wrong)
        assert refused.value.field == field
    with pytest.raises(NotFound):
        as_(cast.mia, templates.save_variable, template_id, "nowhere", typed)
    as_(cast.adam, templates.publish, template_id)
    client = as_(cast.mia, documents_client)
    for name, value in (
        ("rounds", "six"),
        ("rounds", "6"),
        ("end", "soon"),
        ("style", "Odd"),
        ("contact", "x"),
    ):
        with pytest.raises(Invalid) as refused:
            begin(client, template_id, {name: value})
        assert refused.value.field == f"variables.{name}"
    values = {"rounds": "3", "end": "2026-12-01", "style": "Fast", "contact": "Clara@Example.com"}
    document_id = begin(client, template_id, values)
    assert content(document_id).variables == {
        **values,
        "end": "1 December 2026",
        "contact": "clara@example.com",
    }
    with pytest.raises(Invalid, match="between 1 and 5"):
        as_(cast.mia, documents.fill_in, document_id, {"rounds": "7"})
    as_(cast.mia, documents.fill_in, document_id, {"rounds": "4", "end": "1 December 2026"})
    assert content(document_id).variables["rounds"] == "4"


def begin(client: str, template_id: UUID, values: dict[str, str], key: str = "k") -> UUID:
    new = journey.new_document(client, template_id=str(template_id), values=values, brief=Brief(""))
    document_id: UUID = as_(cast.mia, documents.create, new, idempotency_key=key)
    return document_id


def content(document_id: UUID) -> Content:
    version = journey.look(cast.mia, document_id).current_version_id
    return Content.from_text(as_(cast.mia, lambda work: work.db.get_one(DocumentVersion, version)).content)


# -- publishing, versions


def test_publishing_puts_the_version_before_away():
    first = published(md="## Scope\n\nOne.")
    as_(cast.adam, templates.publish, first)
    second = as_(cast.mia, templates.revise, first)
    assert as_(cast.mia, templates.revise, first) == second
    write(second, "00000001", "## Scope\n\nTwo.")
    assert [one.number for one in page(first).versions] == ["2", "1"]
    as_(cast.adam, templates.publish, second)
    assert (row(first).status, row(second).status) == ("archived", "published")
    assert trail() == ["template:add", "template:edit", "template:publish", "template:revise", "template:edit",
                       "template:replace", "template:publish"]  # fmt: skip
    with pytest.raises(IllegalMove, match="fixed"):
        write(second, "00000001", "## Scope\n\nThree.")
    with pytest.raises(IntegrityError, match="template_frozen"), unit_of_work(cast.northlight) as work:
        work.db.execute(text("UPDATE template SET name = 'x' WHERE id = :id"), {"id": second})


def test_what_is_put_away_begins_no_document_and_can_come_back():
    template_id = published()
    client = as_(cast.mia, documents_client)
    document_id = begin(client, template_id, {})
    as_(cast.adam, templates.archive, template_id)
    as_(cast.adam, templates.archive, template_id)
    assert row(template_id).status == "archived"
    assert as_(cast.mia, templates.choices) == []
    with pytest.raises(NotFound):
        begin(client, template_id, {}, key="another")
    assert begin(client, template_id, {}) == document_id
    assert [one.id for one in as_(cast.mia, templates.list_page, DOCUMENT, status="archived").rows] == [
        str(template_id)
    ]
    draft = as_(cast.mia, templates.revise, template_id)
    assert as_(cast.mia, templates.list_page, DOCUMENT, status="archived").rows == []
    as_(cast.mia, templates.discard, draft)
    as_(cast.mia, templates.discard, draft)
    assert trail()[-3:] == ["template:archive", "template:revise", "template:discard"]


def test_an_empty_template_is_not_put_to_use():
    template_id = a_template()
    as_(cast.mia, templates.remove_part, template_id, "00000001")
    with pytest.raises(IllegalMove, match="Write something first"):
        as_(cast.adam, templates.publish, template_id)


def test_a_clause_that_nobody_has_written_is_not_put_to_use():
    template_id = a_template()
    with pytest.raises(Invalid, match=r"^“Scope” still says “What is agreed\."):
        as_(cast.adam, templates.publish, template_id)
    write(template_id, "00000001", "## Scope\n\nA day.")
    part = as_(cast.mia, templates.add_part, template_id, "00000001", NEW_CLAUSE)
    with pytest.raises(Invalid, match=r"^“New clause” still says “Write here\.” Write it, or remove it\.$"):
        as_(cast.adam, templates.publish, template_id)
    assert row(template_id).status == "draft"
    write(template_id, part, "## Travel\n\nWe come by train.")
    as_(cast.adam, templates.publish, template_id)


# -- clauses


def test_a_clause_has_a_preferred_and_a_fallback_position():
    clause_id = a_template(CLAUSE, "Late fees")
    write(clause_id, "preferred", "Interest is {{late_fee}}.")
    as_(cast.mia, templates.add_part, clause_id, "", "No interest.")
    as_(cast.mia, templates.add_part, clause_id, "", "Again.")
    assert [p["md"] for p in row(clause_id).body] == ["Interest is {{late_fee}}.", "No interest."]
    with pytest.raises(Invalid, match="leave the headings out"):
        write(clause_id, "fallback", "## A heading\n\nx")
    with pytest.raises(IllegalMove):
        as_(cast.mia, templates.remove_part, clause_id, "preferred")
    assert as_(cast.mia, templates.find, "late") == []
    as_(cast.adam, templates.publish, clause_id)
    (found,) = as_(cast.victor, templates.find, "late f")
    assert (found.name, found.category, found.fallback) == (
        "Late fees",
        "Work and delivery",
        "<p>No interest.</p>",
    )
    assert [one.name for one in as_(cast.mia, templates.find, "no interest")] == ["Late fees"]
    with pytest.raises(NotFound):
        page(clause_id)
    assert page(clause_id, kind=CLAUSE).has_fallback


def test_a_clause_is_put_into_a_document_where_somebody_wants_it():
    clause_id = published(CLAUSE, "Interest is due.", name="Late fees")
    document_id = journey.a_draft()
    first = as_(cast.mia, documents.one, document_id).blocks[0]
    with pytest.raises(NotAllowed):
        as_(cast.victor, documents.insert_clause, document_id, first.id, clause_id, "preferred")
    with pytest.raises(NotFound):
        as_(cast.mia, documents.insert_clause, document_id, first.id, clause_id, "fallback")
    with pytest.raises(NotFound):
        as_(cast.mia, documents.insert_clause, document_id, first.id, published(name="Whole"), "preferred")
    made = as_(cast.mia, documents.insert_clause, document_id, first.id, clause_id, "preferred")
    shown = as_(cast.mia, documents.one, document_id).blocks
    assert [one.heading for one in shown] == ["1. Scope", "2. Late fees", "3. Fees"]
    assert shown[1].id == made
    assert shown[1].origin == "Preferred position of the library, added by Mia Member"
    assert journey.trail(cast.mia, document_id)[-1] == "document:insert_clause"


def test_a_locked_clause_is_left_as_it_is_by_who_is_no_admin():
    clause_id = published(CLAUSE, "Liability is limited.", name="Liability")
    with pytest.raises(NotAllowed):
        as_(cast.mia, templates.lock, clause_id, is_locked=True)
    for _ in range(2):
        as_(cast.adam, templates.lock, clause_id, is_locked=True)
    assert trail()[-2:] == ["template:publish", "template:lock"]
    template_id = a_template()
    part = as_(cast.mia, templates.add_from_library, template_id, "00000001", clause_id, "preferred")
    with pytest.raises(NotAllowed, match="lock clauses"):
        write(template_id, part, "## Liability\n\nNone.")
    write(template_id, "00000001", "## Scope\n\nA day.")
    as_(cast.adam, templates.publish, template_id)
    document_id = begin(as_(cast.mia, documents_client), template_id, {})
    block = as_(cast.mia, documents.one, document_id).blocks[1]
    assert (block.is_locked, block.is_fixed) == (True, True)
    for verb, args in (
        (documents.save_block, (block.id, "## Liability\n\nNone.", block.digest)),
        (documents.remove_block, (block.id,)),
        (drafts.request, ("key",)),
    ):
        with pytest.raises(NotAllowed, match="This clause is locked"):
            as_(cast.mia, verb, document_id, *args)
    as_(cast.adam, documents.save_block, document_id, block.id, "## Liability\n\nNone.", block.digest)
    version = journey.look(cast.mia, document_id).current_version_id
    kept = as_(cast.mia, lambda work: work.db.get_one(DocumentVersion, version)).provenance[block.id]
    assert (kept["locked"], kept["lock_edited"]) == (True, True)


def test_a_document_says_which_template_it_came_from_and_follows_its_title():
    template_id = published(
        md="## Parties\n\n{{agency.name}} and {{client.name}}: “{{document.title}}”.\n\n{{scope}}"
    )
    client = as_(cast.mia, documents_client)
    document_id = begin(client, template_id, {"scope": "Design"})
    document = journey.look(cast.mia, document_id)
    assert (document.template_id, document.kind) == (template_id, "sow")
    shown = as_(cast.mia, documents.one, document_id)
    assert shown.blocks[0].origin == "From the template “Workshop”, version 1"
    as_(cast.mia, documents.rename, document_id, "Two websites")
    assert content(document_id).variables["document.title"] == "Two websites"
