"""Projects: from planned to done, with what is signed, reached and changed."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from sqlmodel import col, select

from contractflow.errors import IllegalMove, Invalid, NotAllowed, NotFound
from contractflow.models import AuditEvent, Client, Document
from contractflow.services import clients, documents, invoices, projects
from contractflow.services.projects import NewProject, ProjectPage
from tests import builders, cast
from tests.integration.journey import as_, look, new_client, new_document

pytestmark = pytest.mark.usefixtures("database", "redis_url")


def opened(client: UUID | None = None, name: str = "Relaunch") -> UUID:
    client = client or as_(cast.mia, clients.add, new_client())
    return as_(cast.mia, projects.add, NewProject(str(client), name))


def page(project: UUID, who=cast.mia) -> ProjectPage:
    return as_(who, projects.one, project)


def signed_in(project: UUID, **other: object) -> UUID:
    """A document of 1,000.00 that everybody has signed, in the project."""
    client = UUID(page(project).client_id)

    def made(work) -> UUID:
        kept = work.db.get_one(Client, client)
        document, _ = builders.a_signed_document(work, client=kept, project_id=project, **other)
        return document.id

    return as_(cast.northlight, made)


def a_milestone(project: UUID, document: UUID) -> UUID:
    def made(work) -> UUID:
        row = work.db.get_one(Document, document)
        trigger = {"on": "manual", "due_days": 14}
        invoice = builders.an_invoice(
            work, row, label="Launch", kind="milestone", trigger=trigger, project_id=project
        )
        return invoice.id

    return as_(cast.northlight, made)


def actions(entity_id: UUID) -> list[str]:
    query = select(AuditEvent.action).where(col(AuditEvent.entity_id) == entity_id)
    return as_(cast.mia, lambda work: list(work.db.exec(query.order_by(col(AuditEvent.seq)))))


def test_a_project_is_opened_for_a_client_by_members() -> None:
    client = as_(cast.mia, clients.add, new_client())
    for who, refusal in ((cast.victor, NotAllowed), (cast.rita, NotFound)):
        with pytest.raises(refusal):
            as_(who, projects.add, NewProject(str(client), "Relaunch"))
    for wrong, field in ((NewProject("", "Relaunch"), "client_id"), (NewProject(str(client), " "), "name")):
        with pytest.raises(Invalid) as refused:
            as_(cast.mia, projects.add, wrong)
        assert refused.value.field == field
    project = opened(client)
    as_(cast.mia, projects.rename, project, "Website relaunch")
    as_(cast.mia, projects.rename, project, "Website relaunch")
    with pytest.raises(NotAllowed):
        as_(cast.victor, projects.rename, project, "Mine")
    (row,) = as_(cast.victor, projects.list_page).rows
    assert (row.name, row.client, row.status, row.value) == (
        "Website relaunch",
        "Bright Foods",
        "planned",
        "€0.00",
    )
    assert as_(cast.rita, projects.list_page).rows == []
    assert actions(project) == ["project:add", "project:change"]


def test_a_project_goes_from_planned_to_done_and_not_back_from_cancelled() -> None:
    project = opened()
    ways = (
        (projects.start, "active"), (projects.hold, "on_hold"), (projects.resume, "active"),
        (projects.complete, "completed"), (projects.resume, "active"), (projects.cancel, "canceled"),
    )  # fmt: skip
    for verb, status in ways:
        for who, refusal in ((cast.victor, NotAllowed), (cast.rita, NotFound)):
            with pytest.raises(refusal):
                as_(who, verb, project)
        as_(cast.mia, verb, project)
        as_(cast.mia, verb, project)
        assert page(project).status == status
    with pytest.raises(IllegalMove):
        as_(cast.mia, projects.start, project)
    wanted = ["add", "start", "hold", "resume", "complete", "resume", "cancel"]
    assert actions(project) == [f"project:{verb}" for verb in wanted]
    assert [row.id for row in as_(cast.victor, projects.list_page, status="canceled").rows] == [str(project)]
    assert as_(cast.victor, projects.list_page, status="active").rows == []


def test_a_cancelled_project_takes_no_new_document() -> None:
    project = opened()
    new = new_document(page(project).client_id, project_id=str(project))
    as_(cast.mia, documents.create, new, idempotency_key="planned")
    as_(cast.mia, projects.cancel, project)
    with pytest.raises(Invalid, match="cancelled") as refused:
        as_(cast.mia, documents.create, new, idempotency_key="cancelled")
    assert refused.value.field == "client_id"
    assert len(page(project).documents) == 1
    assert as_(cast.mia, documents.create, replace(new, project_id=""), idempotency_key="beside")


def test_the_value_is_what_is_signed_and_a_milestone_that_is_reached_sends_its_invoice() -> None:
    project = opened()
    as_(
        cast.mia,
        documents.create,
        new_document(page(project).client_id, project_id=str(project)),
        idempotency_key="k",
    )
    assert (page(project).value, len(page(project).documents)) == ("€0.00", 1)
    document = signed_in(project)
    invoice = a_milestone(project, document)
    seen = page(project)
    assert (seen.value, seen.invoiced, seen.paid) == ("€1,000.00", "€0.00", "€0.00")
    assert [row.value for row in as_(cast.victor, projects.list_page).rows] == ["€1,000.00"]
    assert [(one.label, one.pill, one.can_reach) for one in seen.milestones] == [
        ("Launch", "scheduled", True)
    ]
    assert [one.can_reach for one in page(project, cast.victor).milestones] == [False]
    with pytest.raises(NotAllowed):
        as_(cast.victor, invoices.issue_now, invoice)
    as_(cast.mia, invoices.issue_now, invoice)
    as_(cast.mia, invoices.issue_now, invoice)
    seen = page(project)
    assert [(one.pill, one.can_reach) for one in seen.milestones] == [("open", False)]
    assert seen.invoiced == "€500.00"
    assert "issued an invoice by hand" in str(seen.days)


def test_a_change_order_is_a_child_of_what_was_signed_and_adds_to_the_value_once_it_is_signed_too() -> None:
    project = opened()
    base = signed_in(project)
    client = page(project).client_id
    assert [one.id for one in page(project).bases] == [str(base)]
    new = new_document(client, kind="change_order", parent_id=str(base))
    change = as_(cast.mia, documents.create, new, idempotency_key="c")
    row = look(cast.mia, change)
    assert (row.parent_id, row.relation, row.project_id) == (base, "change_order", project)
    assert page(project).value == "€1,000.00"
    signed_in(project, parent_id=base, relation="change_order")
    assert page(project).value == "€2,000.00"
    assert [one.id for one in page(project).bases] == [str(base)]
    draft = as_(cast.mia, documents.create, new_document(client), idempotency_key="d")
    stranger = as_(cast.mia, clients.add, new_client(name="Other", contact_email="o@other.test"))
    for wrong in ({"parent_id": str(draft)}, {"parent_id": "x"}, {"project_id": "x"}):
        with pytest.raises(Invalid):
            as_(cast.mia, documents.create, new_document(client, **wrong), idempotency_key="w")
    for wrong in ({"parent_id": str(base)}, {"project_id": str(project)}):
        with pytest.raises(Invalid):
            as_(cast.mia, documents.create, new_document(stranger, **wrong), idempotency_key="w")


def test_projects_come_fifty_at_a_time() -> None:
    client = as_(cast.mia, clients.add, new_client())
    for number in range(51):
        opened(client, f"Project {number}")
    first = as_(cast.victor, projects.list_page)
    rest = as_(cast.victor, projects.list_page, after=first.after)
    assert (len(first.rows), [row.name for row in rest.rows], rest.after) == (50, ["Project 0"], "")
    with pytest.raises(Invalid):
        as_(cast.victor, projects.list_page, after="x")
    with pytest.raises(NotFound):
        as_(cast.rita, projects.one, UUID(first.after))
