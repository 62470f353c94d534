"""Two clients that are one. What was signed and issued names the client it was made out to, so it is never rewritten:
the second one points to the first, and the page of the first shows what belongs to both. *Restore* takes them apart."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, Invalid
from contractflow.models import Client, Contact
from contractflow.permissions import Permission as P
from contractflow.services.clients.shelving import refuse_open
from contractflow.services.moving import locked


def merge(work: UnitOfWork, client_id: UUID, into: str) -> None:
    """Make `client_id` a part of the client `into`, with its contacts. Twice is the same as once.

    Raises Invalid, NotFound; IllegalMove while something of it is out for signature or unpaid.
    """
    work.require(P.CLIENT_WRITE)
    kept_id = _id(into)
    if kept_id == client_id:
        raise Invalid("Choose another client.", "into")
    rows = {one: locked(work, Client, one, "client") for one in sorted((client_id, kept_id))}
    kept, client = rows[kept_id], rows[client_id]
    if client.merged_into_id == kept.id:
        return
    if kept.archived_at is not None or client.merged_into_id is not None:
        raise IllegalMove("One of the two is archived. Restore it first.")
    if kept.currency != client.currency:
        raise Invalid(
            f"They pay in different currencies: {client.currency} and {kept.currency}. "
            "Change the currency of one of them first, under More › Edit.",
            "into",
        )
    refuse_open(work, client, "merged")
    _copy_contacts(work, client, kept)
    client.status, client.archived_at, client.merged_into_id = "archived", work.now, kept.id
    for earlier in work.db.exec(select(Client).where(col(Client.merged_into_id) == client.id)):
        earlier.merged_into_id = kept.id
    work.record("client:merge", "client", kept.id, merged=str(client.id))


def family(work: UnitOfWork, client_id: UUID) -> list[UUID]:
    """The client and those that were merged into it."""
    work.require(P.CLIENT_READ)
    merged = select(Client.id).where(col(Client.merged_into_id) == client_id)
    return [client_id, *work.db.exec(merged)]


def _copy_contacts(work: UnitOfWork, client: Client, kept: Client) -> None:
    """Who is not known at the kept one yet becomes a contact there as well; nobody else becomes the first."""
    known = set(work.db.exec(select(Contact.email).where(col(Contact.client_id) == kept.id)))
    living = select(Contact).where(col(Contact.client_id) == client.id, col(Contact.anonymised_at).is_(None))
    for contact in work.db.exec(living).all():
        if contact.email not in known:
            facts = contact.model_dump(exclude={"id", "created_at", "client_id", "is_primary"})
            work.db.add(Contact(**facts, client_id=kept.id, is_primary=False))


def _id(into: str) -> UUID:
    try:
        return UUID(into)
    except ValueError:
        raise Invalid("Choose the client it is.", "into") from None
