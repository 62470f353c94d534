"""What somebody leaves behind: their documents go to a colleague, and what waited for their approval to an admin."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlmodel import col, func, select, update

from contractflow.broker import changes
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid
from contractflow.models import Approval, Client, Document, Lead, Membership, Project
from contractflow.permissions import Role
from contractflow.services.documents.approving import end_review
from contractflow.services.documents.passing import replace_gone
from contractflow.services.documents.rounds import open_step_of, tell_blocked
from contractflow.services.members.standing import Held
from contractflow.services.moving import locked
from contractflow.workflows.membership import MembershipStatus

# fmt: off
OWNED: tuple[tuple[Any, Any], ...] = (
    (Document, Document.owner_id),
    (Client,   Client.owner_id),
    (Project,  Project.owner_id),
    (Lead,     Lead.assigned_to),
)
# fmt: on


def hand_over(work: UnitOfWork, held: Held, place: Membership, heir_id: UUID | None) -> int:
    """Give all that `place` owns to the member `heir_id`; how many documents that were.

    Who wrote, commented and decided stays as it was. Raises Invalid when somebody has to be chosen.
    """
    documents = owned_documents(work, place.id)
    heir = held.places.get(heir_id) if heir_id else None
    if heir_id and (heir is None or why_not_heir(heir) or heir.id == place.id):
        raise Invalid("Choose an active member who can write; viewers only read.", "heir")
    if heir is None:
        if documents:
            raise Invalid("Choose who takes over their documents.", "heir")
        heir = held.owner
    for table, owner in OWNED:
        work.db.exec(update(table).where(col(owner) == place.id).values({owner.key: heir.id}))
    topic = f"org:{place.org_id}"
    work.after_commit(lambda: changes.announce(topic))
    return documents


def owned_documents(work: UnitOfWork, membership_id: UUID) -> int:
    query = select(func.count()).where(
        col(Document.owner_id) == membership_id, col(Document.deleted_at).is_(None)
    )
    return work.db.exec(query).one()


def why_not_heir(place: Membership) -> str:
    if place.status is not MembershipStatus.ACTIVE:
        return "No longer active."
    return "Viewers only read." if place.role is Role.VIEWER else ""


def pass_on_approvals(work: UnitOfWork, held: Held, place: Membership) -> int:
    """Ask somebody else wherever a document waits for `place` alone; how many requests were closed.

    When nobody is left who could approve, the document goes back to its author, who can then send it.
    """
    waiting = (
        select(Approval.document_id)
        .where(col(Approval.approver_id) == place.id, col(Approval.decision) == "pending")
        .order_by(col(Approval.document_id))
    )
    found = list(work.db.exec(waiting))
    for document_id in found:
        _pass_on(work, held, place, locked(work, Document, document_id, "document"))
    return len(found)


def _pass_on(work: UnitOfWork, held: Held, place: Membership, document: Document) -> None:
    """The document is locked, so nobody decides meanwhile. Without a policy it needs no approval once nobody is left."""
    stands = open_step_of(work, document, lock=True)
    request = next(
        (r for r in stands.requests if r.approver_id == place.id and r.decision == "pending"), None
    )
    if request is None or replace_gone(work, document, request, prefer=held.me.id):
        return
    if stands.round is None or stands.round.policy_id is None:
        end_review(work, document)
    else:
        tell_blocked(work, document, open_step_of(work, document))
