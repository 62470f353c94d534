"""A client nobody works for any more leaves the lists, and comes back when somebody does."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove
from contractflow.models import Client, Document, Invoice
from contractflow.permissions import Permission as P
from contractflow.services.moving import locked
from contractflow.workflows.billing import UNPAID
from contractflow.workflows.document import Status

UNDER_WAY = (Status.REVIEW, Status.SENT)


def archive(work: UnitOfWork, client_id: UUID) -> None:
    """Take the client out of lists and choices; everything stays readable. Raises IllegalMove while something is open."""
    work.require(P.CLIENT_WRITE)
    client = locked(work, Client, client_id, "client")
    if client.archived_at is not None:
        return
    refuse_open(work, client, "archived")
    client.status, client.archived_at = "archived", work.now
    work.record("client:archive", "client", client.id)


def restore(work: UnitOfWork, client_id: UUID) -> None:
    """Back into the lists; a client that was merged into another one becomes one of its own again."""
    work.require(P.CLIENT_WRITE)
    client = locked(work, Client, client_id, "client")
    if client.archived_at is None:
        return
    signed = select(Document.id).where(
        col(Document.client_id) == client.id, col(Document.signed_at).is_not(None)
    )
    client.status = "active" if work.db.exec(signed.limit(1)).first() else "prospect"
    client.archived_at = client.merged_into_id = None
    work.record("client:restore", "client", client.id)


def refuse_open(work: UnitOfWork, client: Client, done: str) -> None:
    """Nobody loses sight of what is out for signature or unpaid. Raises IllegalMove."""
    work.require(P.CLIENT_WRITE)
    document = select(Document.id).where(
        col(Document.client_id) == client.id, col(Document.status).in_(UNDER_WAY)
    )
    invoice = select(Invoice.id).where(col(Invoice.client_id) == client.id, col(Invoice.status).in_(UNPAID))
    if work.db.exec(document.limit(1)).first():
        raise IllegalMove(
            f"A document of this client is in review or out for signature, so it cannot be {done}."
        )
    if work.db.exec(invoice.limit(1)).first():
        raise IllegalMove(f"An invoice of this client is unpaid, so it cannot be {done}.")
