"""A client's name, address, kind and currency are corrected; what was signed and issued keeps what it says."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from sqlmodel import col, or_, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, Invalid
from contractflow.models import Artifact, Client, Contact, Document, Org
from contractflow.permissions import Permission as P
from contractflow.services.clients.adding import ClientFacts, check_facts, same
from contractflow.services.moving import locked
from contractflow.workflows.document import Status


def change(work: UnitOfWork, client_id: UUID, typed: ClientFacts) -> None:
    """Make the client what was typed; the currency is for what is new. Twice is the same as once.

    Raises Invalid by field; IllegalMove for a client that is archived or a part of another one.
    """
    work.require(P.CLIENT_WRITE)
    wanted = check_facts(typed)
    locked(
        work, Org, work.member.org_id, "organisation"
    )  # as adding does: two never become one at the same time
    client = locked(work, Client, client_id, "client")
    _refuse_put_away(client)
    before = _facts(client)
    if before == wanted:
        return
    if before.name != wanted.name:
        _refuse_double(work, client, wanted.name)
    if _printed(before) != _printed(wanted):
        _refuse_signing(work, client)
    client.name, client.legal_name = wanted.name, wanted.legal_name or None
    client.currency, client.is_consumer = wanted.currency, wanted.is_consumer
    client.billing_address = {**client.billing_address, "lines": wanted.address}
    after = asdict(wanted)
    changes = {key: (value, after[key]) for key, value in asdict(before).items()}
    work.record("client:change", "client", client.id, changes=changes)


def _facts(client: Client) -> ClientFacts:
    return ClientFacts(
        name=client.name,
        currency=client.currency,
        legal_name=client.legal_name or "",
        address=client.billing_address.get("lines", ""),
        is_consumer=client.is_consumer,
    )


def _printed(facts: ClientFacts) -> tuple[str, str, bool]:
    """What a contract says of the client as its party, and which consent it asks for."""
    return facts.legal_name or facts.name, facts.address, facts.is_consumer


def _refuse_put_away(client: Client) -> None:
    if client.merged_into_id is not None:
        raise IllegalMove("This client is a part of another one. Edit that one, or restore this one first.")
    if client.archived_at is not None:
        raise IllegalMove("This client is archived. Restore it first.")


def _refuse_double(work: UnitOfWork, client: Client, name: str) -> None:
    """Adding would take the two for one."""
    emails = select(Contact.email).where(
        col(Contact.client_id) == client.id, col(Contact.anonymised_at).is_(None)
    )
    if same(work, name, work.db.exec(emails).all(), but=client.id):
        raise Invalid("There is a client of this name with the same contact. Merge the two instead.", "name")


def _refuse_signing(work: UnitOfWork, client: Client) -> None:
    """Nobody signs with one party and gets a sealed contract with another."""
    sealed = select(Artifact.id).where(
        col(Artifact.document_id) == Document.id, col(Artifact.kind) == "sealed_pdf"
    )
    query = select(Document.number).where(
        col(Document.client_id) == client.id,
        or_(
            col(Document.status) == Status.SENT,
            col(Document.status).in_((Status.SIGNED, Status.PAID)) & ~sealed.exists(),
        ),
    )
    if number := work.db.exec(query.order_by(col(Document.id)).limit(1)).first():
        raise Invalid(
            f"{number} is out for signature with what stands here. Until it is signed and sealed, or recalled, "
            "only the currency can be changed."
        )
