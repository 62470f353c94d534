"""What a member does with a lead before it becomes a client: answer, qualify, turn down, take up again, hand on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from contractflow.broker import changes
from contractflow.content.lines import one_line
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, Invalid
from contractflow.models import Lead
from contractflow.permissions import Permission as P
from contractflow.services.leads import telling
from contractflow.services.leads.form import choices
from contractflow.services.moving import locked, move
from contractflow.workflows.crm import LEAD, LeadStatus

REASON_LIMIT = 500
ANSWERED = (LeadStatus.CONTACTED, LeadStatus.QUALIFIED)
"""Somebody has spoken with the lead: who qualifies a new one has, and is not asked to say so twice."""

CLOSED = (LeadStatus.CONVERTED, LeadStatus.DISQUALIFIED)


def contact(work: UnitOfWork, lead_id: UUID) -> None:
    """Somebody has answered. Twice is the same as once."""
    _to(work, lead_id, "contact", LeadStatus.CONTACTED)


def qualify(work: UnitOfWork, lead_id: UUID) -> None:
    """It fits us: worth a contract. Twice is the same as once."""
    _to(work, lead_id, "qualify", LeadStatus.QUALIFIED)


def disqualify(work: UnitOfWork, lead_id: UUID, reason: str) -> None:
    """It does not fit; `reason` stays with it. Raises Invalid."""
    why = one_line(reason, "reason", "why it does not fit", REASON_LIMIT)
    lead = _to(work, lead_id, "disqualify", LeadStatus.DISQUALIFIED, reason=why)
    lead.reason = why


def reopen(work: UnitOfWork, lead_id: UUID) -> None:
    """Take a lead up again that was turned down."""
    lead = _to(work, lead_id, "reopen", LeadStatus.NEW)
    lead.reason = None


def assign(work: UnitOfWork, lead_id: UUID, membership_id: str) -> None:
    """Give the lead to a member, who is told; an empty id gives it to nobody. Raises Invalid."""
    work.require(P.LEAD_WRITE)
    lead = locked(work, Lead, lead_id, "lead")
    if lead.status in CLOSED:
        raise IllegalMove("This lead is closed, so nobody has to answer it any more.")
    offered = {one.value: one.label for one in choices(work)}
    if membership_id and membership_id not in offered:
        raise Invalid("Choose one of the members offered.", "assignee")
    wanted = UUID(membership_id) if membership_id else None
    if lead.assigned_to == wanted:
        return
    lead.assigned_to = wanted
    work.record("lead:assign", "lead", lead.id, person=offered.get(membership_id, "Nobody"))
    if wanted:
        telling.assigned(work, lead, wanted)
    touched(work, lead)


def touched(work: UnitOfWork, lead: Lead) -> None:
    """Tell open screens of the organisation, once this is saved."""
    work.require(P.LEAD_READ)
    work.after_commit(lambda: changes.announce(f"org:{lead.org_id}"))


def _to(work: UnitOfWork, lead_id: UUID, verb: str, target: LeadStatus, **data: Any) -> Lead:
    lead = locked(work, Lead, lead_id, "lead")
    work.require(P.LEAD_WRITE)
    if lead.status is target:
        return lead
    move(work, lead, LEAD, verb, **data)
    if target in ANSWERED:
        lead.first_response_at = lead.first_response_at or work.now
    touched(work, lead)
    return lead
