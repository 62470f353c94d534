"""One client: the people there, what was agreed and invoiced, and everything that happened, on one line of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.models import Client, Contact, Document, Lead, Project
from contractflow.permissions import Permission as P
from contractflow.services import invoices, timeline
from contractflow.services.clients.merging import family
from contractflow.services.documents.reading import DocumentRow
from contractflow.services.documents.reading import list_page as documents_of
from contractflow.services.invoices.reading import InvoiceRow
from contractflow.services.timeline import Day

MOST = 100


@dataclass(frozen=True)
class ContactRow:
    id: str
    name: str
    email: str
    title: str
    is_primary: bool


@dataclass(frozen=True)
class Named:
    """A line that leads somewhere: a lead, a project, another client."""

    id: str
    name: str
    status: str = ""


@dataclass(frozen=True)
class ClientPage:
    """`merged_into` is the client this one is a part of, `parts` are those that are a part of it."""

    id: str = ""
    name: str = ""
    legal_name: str = ""
    address: str = ""
    currency: str = ""
    is_consumer: bool = False
    is_archived: bool = False
    can_edit: bool = False
    merged_into: Named = field(default_factory=lambda: Named("", ""))
    parts: list[Named] = field(default_factory=list)
    contacts: list[ContactRow] = field(default_factory=list)
    leads: list[Named] = field(default_factory=list)
    projects: list[Named] = field(default_factory=list)
    documents: list[DocumentRow] = field(default_factory=list)
    invoices: list[InvoiceRow] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)


def one(work: UnitOfWork, client_id: UUID) -> ClientPage:
    """A client, with what belongs to those that were merged into it. Raises NotFound."""
    work.require(P.CLIENT_READ)
    client = work.db.get(Client, client_id)
    if client is None:
        raise NotFound("client")
    ids = family(work, client.id)
    contacts, leads, projects = _contacts(work, client), _leads(work, ids), _projects(work, ids)
    seen = [*ids, *(UUID(key) for key in (*_ids(contacts), *_ids(leads), *_ids(projects)))]
    return ClientPage(
        id=str(client.id),
        name=client.name,
        legal_name=client.legal_name or "",
        address=client.billing_address.get("lines", ""),
        currency=client.currency,
        is_consumer=client.is_consumer,
        is_archived=client.archived_at is not None,
        can_edit=work.actor.may(P.CLIENT_WRITE),
        merged_into=_merged_into(work, client),
        parts=_parts(work, client),
        contacts=contacts,
        leads=leads,
        projects=projects,
        documents=documents_of(work, client_ids=ids).rows,
        invoices=invoices.list_page(work, client_ids=ids).rows,
        days=timeline.of_entities(work, seen, select(Document.id).where(col(Document.client_id).in_(ids))),
    )


def _ids(rows: Sequence[ContactRow | Named]) -> list[str]:
    return [row.id for row in rows]


def _contacts(work: UnitOfWork, client: Client) -> list[ContactRow]:
    query = (
        select(Contact)
        .where(col(Contact.client_id) == client.id, col(Contact.anonymised_at).is_(None))
        .order_by(col(Contact.is_primary).desc(), col(Contact.name), col(Contact.id))
        .limit(MOST)
    )
    return [ContactRow(str(c.id), c.name, c.email, c.title or "", c.is_primary) for c in work.db.exec(query)]


def _leads(work: UnitOfWork, ids: list[UUID]) -> list[Named]:
    query = select(Lead).where(col(Lead.client_id).in_(ids)).order_by(col(Lead.id).desc()).limit(MOST)
    return [Named(str(lead.id), lead.name, lead.status) for lead in work.db.exec(query)]


def _projects(work: UnitOfWork, ids: list[UUID]) -> list[Named]:
    query = (
        select(Project).where(col(Project.client_id).in_(ids)).order_by(col(Project.id).desc()).limit(MOST)
    )
    return [Named(str(project.id), project.name, project.status) for project in work.db.exec(query)]


def _merged_into(work: UnitOfWork, client: Client) -> Named:
    kept = work.db.get(Client, client.merged_into_id) if client.merged_into_id else None
    return Named(str(kept.id), kept.name) if kept else Named("", "")


def _parts(work: UnitOfWork, client: Client) -> list[Named]:
    query = select(Client).where(col(Client.merged_into_id) == client.id).order_by(col(Client.id)).limit(MOST)
    return [Named(str(part.id), part.name) for part in work.db.exec(query)]
