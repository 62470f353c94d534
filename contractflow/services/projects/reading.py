"""Projects fifty at a time; one with its documents, its milestones and what is signed for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import col, func, select

from contractflow.content.plan import On
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.models import Client, Document, Invoice, Project
from contractflow.money import format_money
from contractflow.permissions import Permission as P
from contractflow.services import paging, timeline
from contractflow.services.documents.reading import DocumentRow
from contractflow.services.documents.reading import list_page as documents_of
from contractflow.services.moving import possible
from contractflow.services.paging import PAGE
from contractflow.services.timeline import Day
from contractflow.workflows.billing import InvoiceStatus
from contractflow.workflows.crm import PROJECT, ProjectStatus
from contractflow.workflows.document import Status

SIGNED = (Status.SIGNED, Status.PAID)
NOT_OWED = (InvoiceStatus.VOID, InvoiceStatus.UNCOLLECTIBLE)


@dataclass(frozen=True)
class ProjectRow:
    """`value` is the sum of what is signed."""

    id: str
    name: str
    client: str
    status: str
    value: str


@dataclass(frozen=True)
class ProjectList:
    """One page; `after` is the key of the next one, empty on the last."""

    rows: list[ProjectRow]
    after: str


@dataclass(frozen=True)
class Milestone:
    """One payment of a signed plan: its invoice goes out by itself, or (`can_reach`) when somebody says so."""

    id: str
    label: str
    document: str
    when: str
    amount: str
    pill: str
    can_reach: bool


@dataclass(frozen=True)
class Base:
    """A signed document that a change order can change."""

    id: str
    title: str


@dataclass(frozen=True)
class ProjectPage:
    id: str = ""
    name: str = ""
    status: str = "planned"
    client: str = ""
    client_id: str = ""
    value: str = ""
    invoiced: str = ""
    paid: str = ""
    can_write: bool = False
    can_start: bool = False
    can_hold: bool = False
    can_resume: bool = False
    can_complete: bool = False
    can_cancel: bool = False
    documents: list[DocumentRow] = field(default_factory=list)
    bases: list[Base] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)


def list_page(work: UnitOfWork, *, status: str = "", after: str = "") -> ProjectList:
    """Projects, newest first, optionally of one status."""
    work.require(P.CLIENT_READ)
    signed = (
        select(func.coalesce(func.sum(Document.total_minor), 0))
        .where(col(Document.project_id) == Project.id, col(Document.status).in_(SIGNED))
        .where(col(Document.client_id) == Project.client_id, col(Document.currency) == Project.currency)
        .scalar_subquery()
    )
    query = select(Project, Client.name, signed).join(Client, col(Client.id) == Project.client_id)
    if status in set(ProjectStatus):
        query = query.where(col(Project.status) == status)
    if after:
        query = query.where(col(Project.id) < paging.by_id(after))
    found = work.db.exec(query.order_by(col(Project.id).desc()).limit(PAGE + 1)).all()
    rows = [
        ProjectRow(
            str(project.id), project.name, client, project.status, format_money(int(value), project.currency)
        )
        for project, client, value in found[:PAGE]
    ]
    return ProjectList(rows, rows[-1].id if len(found) > PAGE else "")


def one(work: UnitOfWork, project_id: UUID) -> ProjectPage:
    """The project, its documents, and the payments of what is signed. Raises NotFound."""
    work.require(P.CLIENT_READ)
    project = work.db.get(Project, project_id)
    if project is None:
        raise NotFound("project")
    documents = select(Document.id).where(
        col(Document.project_id) == project.id, col(Document.client_id) == project.client_id
    )
    return ProjectPage(
        id=str(project.id),
        name=project.name,
        status=project.status,
        client=work.db.get_one(Client, project.client_id).name,
        client_id=str(project.client_id),
        value=_value(work, project),
        **_money(work, project),
        can_write=work.actor.may(P.PROJECT_WRITE),
        **possible(work, project, PROJECT),
        documents=documents_of(work, project_id=project.id).rows,
        bases=_bases(work, project),
        milestones=_milestones(work, project),
        days=timeline.of_entities(work, [project.id], documents),
    )


def _value(work: UnitOfWork, project: Project) -> str:
    """What is signed, summed by currency: a change order may be in another one."""
    query = (
        select(Document.currency, func.sum(Document.total_minor))
        .where(col(Document.project_id) == project.id, col(Document.status).in_(SIGNED))
        .group_by(col(Document.currency))
        .order_by(col(Document.currency))
    )
    sums = [format_money(int(total), currency) for currency, total in work.db.exec(query)]
    return " + ".join(sums) or format_money(0, project.currency)


def _money(work: UnitOfWork, project: Project) -> dict[str, Any]:
    """What went out on invoices, and what came in, in the project's own currency."""
    query = select(func.sum(Invoice.total_minor), func.sum(Invoice.paid_minor)).where(
        col(Invoice.project_id) == project.id,
        col(Invoice.currency) == project.currency,
        col(Invoice.issued_at).is_not(None),
        col(Invoice.status).not_in(NOT_OWED),
    )
    invoiced, paid = work.db.exec(query).one()
    return {
        "invoiced": format_money(int(invoiced or 0), project.currency),
        "paid": format_money(int(paid or 0), project.currency),
    }


def _milestones(work: UnitOfWork, project: Project) -> list[Milestone]:
    query = (
        select(Invoice, Document.title, Document.status)
        .join(Document, col(Document.id) == Invoice.document_id)
        .where(col(Invoice.project_id) == project.id)
        .order_by(col(Invoice.id))
        .limit(PAGE)
    )
    may = work.actor.may(P.INVOICE_ISSUE)
    return [
        _milestone(invoice, title, may and status in SIGNED) for invoice, title, status in work.db.exec(query)
    ]


def _milestone(invoice: Invoice, document: str, may: bool) -> Milestone:
    by_hand = invoice.trigger.get("on") == On.MANUAL
    waits = invoice.status is InvoiceStatus.SCHEDULED
    words = "When it is reached" if by_hand else "On signature"
    return Milestone(
        id=str(invoice.id),
        label=invoice.label,
        document=document,
        when=f"On {invoice.trigger['date']}" if invoice.trigger.get("date") else words,
        amount=format_money(invoice.total_minor, invoice.currency),
        pill=invoice.status,
        can_reach=may and by_hand and waits,
    )


def _bases(work: UnitOfWork, project: Project) -> list[Base]:
    query = (
        select(Document.id, Document.title)
        .where(col(Document.project_id) == project.id, col(Document.status).in_(SIGNED))
        .where(col(Document.parent_id).is_(None))
        .order_by(col(Document.id))
        .limit(PAGE)
    )
    return [Base(str(document_id), title) for document_id, title in work.db.exec(query)]
