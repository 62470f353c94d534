"""The people at a client: one of them is the first, who signs and pays unless somebody else is named."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from contractflow.content.lines import one_line
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, Invalid, NotFound
from contractflow.models import Client, Contact, Signer
from contractflow.permissions import Permission as P
from contractflow.services.clients.adding import NAME_LIMIT, TITLE_LIMIT, address, optional
from contractflow.services.moving import locked
from contractflow.workflows.signer import SignerStatus

ASKED = (SignerStatus.WAITING, SignerStatus.INVITED, SignerStatus.VIEWED)
GONE = "Removed contact"


def add_contact(work: UnitOfWork, client_id: UUID, *, name: str, email: str, title: str = "") -> UUID:
    """Another person at the client. The same address again is the same contact."""
    work.require(P.CLIENT_WRITE)
    client = locked(work, Client, client_id, "client")
    line = one_line(name, "contact_name", "the contact's name", NAME_LIMIT)
    mailbox = address(email, "contact_email")
    if existing := _with_address(work, client.id, mailbox):
        return existing
    contact = Contact(
        org_id=client.org_id,
        client_id=client.id,
        name=line,
        email=mailbox,
        title=optional(title, "contact_title", TITLE_LIMIT) or None,
    )
    work.db.add(contact)
    work.db.flush()
    work.record("contact:add", "contact", contact.id, client_id=str(client.id))
    return contact.id


def change_contact(work: UnitOfWork, contact_id: UUID, *, name: str, email: str, title: str = "") -> None:
    """Correct a contact; documents that have not gone out yet go to the new address. Raises Invalid."""
    work.require(P.CLIENT_WRITE)
    contact = _living(work, contact_id)
    wanted = {
        "name": one_line(name, "contact_name", "the contact's name", NAME_LIMIT),
        "email": address(email, "contact_email"),
        "title": optional(title, "contact_title", TITLE_LIMIT) or None,
    }
    other = _with_address(work, contact.client_id, str(wanted["email"]))
    if other not in (None, contact.id):
        raise Invalid("Another contact of this client has this address.", "contact_email")
    changes = {key: (getattr(contact, key), value) for key, value in wanted.items()}
    if all(before == after for before, after in changes.values()):
        return
    for key, value in wanted.items():
        setattr(contact, key, value)
    for signer in work.db.exec(_asked(contact, (SignerStatus.WAITING,))):
        signer.name, signer.email = contact.name, contact.email
    what = [key for key, (before, after) in changes.items() if before != after]
    work.record("contact:change", "contact", contact.id, client_id=str(contact.client_id), fields=what)


def make_primary(work: UnitOfWork, contact_id: UUID) -> None:
    """Who is asked to sign and pay from now on. Twice is the same as once."""
    work.require(P.CLIENT_WRITE)
    contact = _living(work, contact_id)
    if contact.is_primary:
        return
    for other in work.db.exec(_of_client(contact).where(col(Contact.is_primary))):
        other.is_primary = False
    work.db.flush()  # the database allows one at a time
    contact.is_primary = True
    work.record("contact:make_primary", "contact", contact.id, client_id=str(contact.client_id))


def remove_contact(work: UnitOfWork, contact_id: UUID) -> None:
    """Forget who the contact was; what they signed keeps their name. Raises IllegalMove while they are needed."""
    work.require(P.CLIENT_WRITE)
    contact = locked(work, Contact, contact_id, "contact")
    if contact.anonymised_at is not None:
        return
    locked(work, Client, contact.client_id, "client")
    if contact.is_primary:
        raise IllegalMove(
            "This contact signs and pays. Make somebody else the first contact, then remove this one."
        )
    if work.db.exec(_asked(contact, ASKED).limit(1)).first():
        raise IllegalMove("This contact is asked to sign a document. Recall or finish it first.")
    contact.name, contact.email = GONE, f"removed-{contact.id}@removed.invalid"
    contact.title = contact.phone = None
    contact.can_sign = contact.can_pay = contact.portal_enabled = False
    contact.anonymised_at = work.now
    work.record("contact:remove", "contact", contact.id, client_id=str(contact.client_id))


def _living(work: UnitOfWork, contact_id: UUID) -> Contact:
    """The contact, held together with its client. Raises NotFound, also for one that was removed."""
    contact = locked(work, Contact, contact_id, "contact")
    if contact.anonymised_at is not None:
        raise NotFound("contact")
    locked(work, Client, contact.client_id, "client")
    return contact


def _with_address(work: UnitOfWork, client_id: UUID, email: str) -> UUID | None:
    query = select(Contact.id).where(col(Contact.client_id) == client_id, col(Contact.email) == email)
    return work.db.exec(query).first()


def _of_client(contact: Contact) -> SelectOfScalar[Contact]:
    return select(Contact).where(col(Contact.client_id) == contact.client_id)


def _asked(contact: Contact, states: tuple[SignerStatus, ...]) -> SelectOfScalar[Signer]:
    return select(Signer).where(col(Signer.contact_id) == contact.id, col(Signer.status).in_(states))
