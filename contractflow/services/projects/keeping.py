"""A project is opened, and goes from planned to done."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from contractflow.content.lines import one_line
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid
from contractflow.models import Client, Project
from contractflow.permissions import Permission as P
from contractflow.services.moving import locked, move
from contractflow.workflows.crm import PROJECT, ProjectStatus

NAME_LIMIT = 200


@dataclass(frozen=True)
class NewProject:
    """The form as it was typed: `client_id` is a UUID or empty."""

    client_id: str
    name: str


def add(work: UnitOfWork, new: NewProject) -> UUID:
    """Open a project for a client. Raises Invalid, NotFound for a client of somebody else."""
    work.require(P.PROJECT_WRITE)
    try:
        client_id = UUID(new.client_id)
    except ValueError:
        raise Invalid("Choose a client, or add one first.", "client_id") from None
    name = one_line(new.name, "name", "the project's name", NAME_LIMIT)
    client = locked(work, Client, client_id, "client")
    if client.archived_at is not None:
        raise Invalid("This client is archived. Restore it first.", "client_id")
    project = Project(
        org_id=client.org_id,
        client_id=client.id,
        name=name,
        currency=client.currency,
        owner_id=work.member.membership_id,
    )
    work.db.add(project)
    work.db.flush()
    work.record("project:add", "project", project.id, client_id=str(client.id))
    return project.id


def rename(work: UnitOfWork, project_id: UUID, name: str) -> None:
    """Call the project something else. Raises Invalid."""
    work.require(P.PROJECT_WRITE)
    project = locked(work, Project, project_id, "project")
    line = one_line(name, "name", "the project's name", NAME_LIMIT)
    if project.name == line:
        return
    changes, project.name = {"name": (project.name, line)}, line
    work.record("project:change", "project", project.id, changes=changes)


def start(work: UnitOfWork, project_id: UUID) -> None:
    """Work begins. These verbs, done twice, are the same as once."""
    _to(work, project_id, "start", ProjectStatus.ACTIVE)


def hold(work: UnitOfWork, project_id: UUID) -> None:
    _to(work, project_id, "hold", ProjectStatus.ON_HOLD)


def resume(work: UnitOfWork, project_id: UUID) -> None:
    _to(work, project_id, "resume", ProjectStatus.ACTIVE)


def complete(work: UnitOfWork, project_id: UUID) -> None:
    _to(work, project_id, "complete", ProjectStatus.COMPLETED)


def cancel(work: UnitOfWork, project_id: UUID) -> None:
    """It comes to nothing; what is signed or invoiced stays as it is."""
    _to(work, project_id, "cancel", ProjectStatus.CANCELED)


def _to(work: UnitOfWork, project_id: UUID, verb: str, target: ProjectStatus) -> None:
    project = locked(work, Project, project_id, "project")
    work.require(P.PROJECT_WRITE)
    if project.status is not target:
        move(work, project, PROJECT, verb)
