"""The inbox of leads, fifty at a time, newest first; and one lead with everything that was said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import col, func, or_, select, tuple_
from sqlmodel.sql.expression import Select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.models import AppUser, Client, Contact, Document, Lead, Membership, Project
from contractflow.permissions import Permission as P
from contractflow.services import paging, timeline
from contractflow.services.display import When
from contractflow.services.leads.form import Choice, choices
from contractflow.services.leads.rows import OPEN, LeadRow, first_response, row
from contractflow.services.moving import possible
from contractflow.services.paging import PAGE
from contractflow.services.timeline import Day
from contractflow.workflows.crm import LEAD, LeadStatus

Found = Select[Lead, str]


@dataclass(frozen=True)
class LeadList:
    """One page; `after` is the key of the next one. `response` is the median time to a first answer, in words."""

    rows: list[LeadRow]
    after: str
    open_leads: str
    response: str


@dataclass(frozen=True)
class Answer:
    question: str
    answer: str


@dataclass(frozen=True)
class LeadPage:
    """What is possible now, for whoever looks, are the `can_…`."""

    id: str = ""
    row: LeadRow = field(default_factory=lambda: LeadRow("", "", "", "new", "", "", "", True, When()))
    email: str = ""
    phone: str = ""
    message: str = ""
    source: str = ""
    reason: str = ""
    answers: list[Answer] = field(default_factory=list)
    assignee_id: str = ""
    members: list[Choice] = field(default_factory=list)
    client_id: str = ""
    client: str = ""
    project_id: str = ""
    project: str = ""
    document_id: str = ""
    document: str = ""
    known_client: str = ""
    days: list[Day] = field(default_factory=list)
    can_contact: bool = False
    can_qualify: bool = False
    can_convert: bool = False
    can_disqualify: bool = False
    can_reopen: bool = False
    can_assign: bool = False


def list_page(
    work: UnitOfWork, *, status: str = "", text: str = "", mine: bool = False, after: str = ""
) -> LeadList:
    """Open leads, or those of one status, optionally with `text` in name, company or address, or one's own."""
    work.require(P.LEAD_READ)
    query = _narrow(with_assignee(), status, text)
    if mine:
        query = query.where(col(Lead.assigned_to) == work.member.membership_id)
    if after:
        at, last = paging.by_time(after)
        query = query.where(tuple_(col(Lead.created_at), col(Lead.id)) < tuple_(at, last))
    newest = query.order_by(col(Lead.created_at).desc(), col(Lead.id).desc()).limit(PAGE + 1)
    found = work.db.exec(newest).all()
    following = found[PAGE - 1][0] if len(found) > PAGE else None
    some = select(Lead.id).where(col(Lead.status).in_(OPEN)).limit(paging.MOST_COUNTED + 1).subquery()
    return LeadList(
        [row(work, lead, name) for lead, name in found[:PAGE]],
        paging.key_of(following.created_at, following.id) if following else "",
        paging.counted(work.db.exec(select(func.count()).select_from(some)).one()),
        first_response(work),
    )


def one(work: UnitOfWork, lead_id: UUID) -> LeadPage:
    """Everything a lead said, what became of it and what was done. Raises NotFound."""
    work.require(P.LEAD_READ)
    found = work.db.exec(with_assignee().where(col(Lead.id) == lead_id)).first()
    if found is None:
        raise NotFound("lead")
    lead, name = found
    return LeadPage(
        id=str(lead.id),
        row=row(work, lead, name),
        email=lead.email,
        phone=lead.phone or "",
        message=lead.message or "",
        source=" · ".join(str(said) for said in lead.utm.values()),
        reason=lead.reason or "",
        answers=[Answer(question, str(answer)) for question, answer in lead.answers.items()],
        assignee_id=str(lead.assigned_to or ""),
        members=choices(work),
        days=timeline.of_entities(work, [lead.id]),
        can_assign=lead.status in OPEN and work.actor.may(P.LEAD_WRITE),
        **possible(work, lead, LEAD),
        **_made_of(work, lead),
    )


def with_assignee() -> Found:
    return (
        select(Lead, AppUser.name)
        .outerjoin(Membership, col(Membership.id) == Lead.assigned_to)
        .outerjoin(AppUser, col(AppUser.id) == Membership.user_id)
    )


def _made_of(work: UnitOfWork, lead: Lead) -> dict[str, Any]:
    """The client, project and document a converted lead became, or the client its address is known from."""
    if lead.client_id is None:
        known = known_client(work, lead.email)
        return {"known_client": known.name if known else ""}
    query = (
        select(Client.name, Project.name, Document.id, Document.title)
        .select_from(Client)
        .outerjoin(Project, col(Project.id) == lead.project_id)
        .outerjoin(Document, col(Document.project_id) == Project.id)
        .where(col(Client.id) == lead.client_id)
        .order_by(col(Document.created_at), col(Document.id))
        .limit(1)
    )
    client, project, document_id, document = work.db.exec(query).one()
    ids = {"client_id": lead.client_id, "project_id": lead.project_id, "document_id": document_id}
    names = {"client": client, "project": project, "document": document}
    return {name: str(value or "") for name, value in {**ids, **names}.items()}


def known_client(work: UnitOfWork, email: str) -> Client | None:
    """The client one of whose contacts has this address; the newest, if there are several."""
    work.require(P.CLIENT_READ)
    query = (
        select(Client)
        .join(Contact, col(Contact.client_id) == Client.id)
        .where(col(Contact.email) == email, col(Client.archived_at).is_(None))
        .order_by(col(Client.created_at).desc(), col(Client.id))
    )
    return work.db.exec(query.limit(1)).first()


def _narrow(query: Found, status: str, text: str) -> Found:
    if status in set(LeadStatus):
        query = query.where(col(Lead.status) == status)
    elif status != "all":
        query = query.where(col(Lead.status).in_(OPEN))
    if words := text.strip()[:100]:
        places = (Lead.name, Lead.company, Lead.email)
        query = query.where(or_(*(col(place).icontains(words, autoescape=True) for place in places)))
    return query
