"""One click: a client with its contact, a project, and a draft document that knows what was asked."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from contractflow.content import typed_plan
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import Client, Document, Lead, Org
from contractflow.money import format_amount
from contractflow.permissions import Permission as P
from contractflow.services import clients, documents, projects
from contractflow.services.clients import NewClient
from contractflow.services.documents import Brief, NewDocument
from contractflow.services.leads.reading import known_client
from contractflow.services.leads.stages import touched
from contractflow.services.moving import locked, move
from contractflow.services.projects import NewProject
from contractflow.workflows.crm import LEAD, LeadStatus

DEPOSIT_PERCENT = 40


@dataclass(frozen=True)
class Converted:
    """What a lead became, by id."""

    client_id: str
    project_id: str
    document_id: str


def convert(work: UnitOfWork, lead_id: UUID) -> Converted:
    """Make a client, a project and a draft of the lead; an address we know joins its client. Twice: the same three.

    Raises LimitReached when the tier has no room for the document; nothing is changed then.
    """
    lead = locked(work, Lead, lead_id, "lead")
    work.require(P.LEAD_WRITE)
    if lead.status is LeadStatus.CONVERTED:
        return _converted(work, lead)
    client = _client(work, lead)
    project_id = projects.add(work, NewProject(str(client.id), _subject(lead)))
    document_id = documents.create(
        work, _document(lead, client, project_id), idempotency_key=f"lead:{lead.id}"
    )
    lead.client_id, lead.project_id = client.id, project_id
    move(work, lead, LEAD, "convert", client_id=str(client.id))
    touched(work, lead)
    return Converted(str(client.id), str(project_id), str(document_id))


def _converted(work: UnitOfWork, lead: Lead) -> Converted:
    query = select(Document.id).where(col(Document.project_id) == lead.project_id)
    first = work.db.exec(query.order_by(col(Document.created_at), col(Document.id)).limit(1)).first()
    return Converted(str(lead.client_id), str(lead.project_id), str(first or ""))


def _client(work: UnitOfWork, lead: Lead) -> Client:
    if known := known_client(work, lead.email):
        return known
    currency = lead.currency or work.db.get_one(Org, lead.org_id).default_currency
    name = lead.company or lead.name
    new = NewClient(name, currency, lead.name, lead.email, is_consumer=lead.company is None)
    return work.db.get_one(Client, clients.add(work, new))


def _document(lead: Lead, client: Client, project_id: UUID) -> NewDocument:
    currency = lead.currency or client.currency
    total = format_amount(lead.budget_minor or 0, currency)
    return NewDocument(
        client_id=str(client.id),
        kind="sow",
        title=_subject(lead),
        brief=Brief(scope=_scope(lead)),
        currency=currency,
        total=total,
        plan=typed_plan.suggest(total, currency, DEPOSIT_PERCENT) if lead.budget_minor else (),
        project_id=str(project_id),
    )


def _subject(lead: Lead) -> str:
    return f"Work for {lead.company or lead.name}"


def _scope(lead: Lead) -> str:
    """What the client asked for in their own words: data for the draft, never instruction."""
    answers = [f"{question}\n{answer}" for question, answer in lead.answers.items()]
    return "\n\n".join([lead.message or "", *answers])
