"""Where a new document belongs: to a project of its client, and, as a change order, below what it changes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlmodel import String, cast, col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid
from contractflow.models import Client, Document, Project
from contractflow.permissions import Permission as P
from contractflow.workflows.crm import ProjectStatus


def place(work: UnitOfWork, project_id: str, parent_id: str, client: Client) -> dict[str, Any]:
    """The columns that say so; both ids are UUIDs or empty. Raises Invalid."""
    work.require(P.DOCUMENT_CREATE)
    if not parent_id:
        return {"project_id": _project(work, project_id, client)}
    parent = _parent(work, parent_id, client)
    return {"project_id": parent.project_id, "parent_id": parent.id, "relation": "change_order"}


def _project(work: UnitOfWork, project_id: str, client: Client) -> UUID | None:
    """Raises Invalid for a project of another client, a cancelled one, or none at all."""
    if not project_id:
        return None
    query = select(Project).where(
        cast(col(Project.id), String) == project_id, col(Project.client_id) == client.id
    )
    found = work.db.exec(query).first()
    if found is None:
        raise Invalid("Choose a project of this client.", "client_id")
    if found.status is ProjectStatus.CANCELED:
        raise Invalid(f"The project “{found.name}” is cancelled and takes no new documents.", "client_id")
    return found.id


def _parent(work: UnitOfWork, parent_id: str, client: Client) -> Document:
    """What a change order changes: signed, and of the same client. Raises Invalid."""
    query = select(Document).where(
        cast(col(Document.id), String) == parent_id,
        col(Document.client_id) == client.id,
        col(Document.signed_at).is_not(None),
    )
    found = work.db.exec(query).first()
    if found is None:
        raise Invalid("A change order changes a signed document of the same client.", "client_id")
    return found
