"""Clients and the people there who sign and pay."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import col, func, select

from contractflow.content import nodes
from contractflow.content.lines import one_line
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid, NotFound
from contractflow.models import Client, Contact, Document, Org
from contractflow.money import CURRENCIES
from contractflow.permissions import Permission as P
from contractflow.services.documents.reading import DocumentRow
from contractflow.services.documents.reading import list_page as documents_of
from contractflow.services.moving import locked

PAGE, MOST_CHOICES, NAME_LIMIT = 50, 500, 120
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class ClientRow:
    id: str
    name: str
    contact: str
    currency: str
    documents: str


@dataclass(frozen=True)
class ClientChoice:
    """One line of a select."""

    value: str
    label: str
    currency: str


@dataclass(frozen=True)
class ClientList:
    """One page; `after` is the key of the next one, empty on the last."""

    rows: list[ClientRow]
    after: str


@dataclass(frozen=True)
class ContactRow:
    id: str
    name: str
    email: str
    title: str
    is_primary: bool


@dataclass(frozen=True)
class ClientPage:
    id: str = ""
    name: str = ""
    legal_name: str = ""
    address: str = ""
    currency: str = ""
    is_consumer: bool = False
    can_edit: bool = False
    contacts: list[ContactRow] = field(default_factory=list)
    documents: list[DocumentRow] = field(default_factory=list)


@dataclass(frozen=True)
class NewClient:
    """The form as it was typed: the client and its first contact."""

    name: str
    currency: str
    contact_name: str
    contact_email: str
    contact_title: str = ""
    legal_name: str = ""
    address: str = ""
    is_consumer: bool = False


def list_page(work: UnitOfWork, *, text: str = "", after: str = "") -> ClientList:
    """Clients by name, fifty at a time, optionally with `text` in the name."""
    work.require(P.CLIENT_READ)
    documents = (
        select(func.count())
        .where(col(Document.client_id) == Client.id, col(Document.deleted_at).is_(None))
        .scalar_subquery()
    )
    query = (
        select(Client, Contact.name, documents)
        .outerjoin(Contact, (col(Contact.client_id) == Client.id) & col(Contact.is_primary))
        .where(col(Client.archived_at).is_(None))
        .order_by(func.lower(Client.name), col(Client.id))
        .limit(PAGE + 1)
    )
    if words := text.strip()[:100]:
        query = query.where(col(Client.name).icontains(words, autoescape=True))
    if after:
        query = query.where(func.row(func.lower(Client.name), Client.id) > _key(work, after))
    found = work.db.exec(query).all()
    rows = [
        ClientRow(str(c.id), c.name, contact or "", c.currency, str(count))
        for c, contact, count in found[:PAGE]
    ]
    return ClientList(rows, rows[-1].id if len(found) > PAGE else "")


def choices(work: UnitOfWork) -> list[ClientChoice]:
    """Clients by name, for a select."""
    work.require(P.CLIENT_READ)
    query = (
        select(Client.id, Client.name, Client.currency)
        .where(col(Client.archived_at).is_(None))
        .order_by(func.lower(Client.name), col(Client.id))
        .limit(MOST_CHOICES)
    )
    return [ClientChoice(str(client_id), name, currency) for client_id, name, currency in work.db.exec(query)]


def one(work: UnitOfWork, client_id: UUID) -> ClientPage:
    """A client with its contacts and its newest documents. Raises NotFound."""
    work.require(P.CLIENT_READ)
    client = work.db.get(Client, client_id)
    if client is None:
        raise NotFound("client")
    query = (
        select(Contact)
        .where(col(Contact.client_id) == client.id, col(Contact.anonymised_at).is_(None))
        .order_by(col(Contact.is_primary).desc(), col(Contact.name))
        .limit(100)
    )
    return ClientPage(
        id=str(client.id),
        name=client.name,
        legal_name=client.legal_name or "",
        address=client.billing_address.get("lines", ""),
        currency=client.currency,
        is_consumer=client.is_consumer,
        can_edit=work.actor.may(P.CLIENT_WRITE),
        contacts=[
            ContactRow(str(c.id), c.name, c.email, c.title or "", c.is_primary) for c in work.db.exec(query)
        ],
        documents=documents_of(work, client_id=str(client.id)).rows,
    )


def add(work: UnitOfWork, new: NewClient) -> UUID:
    """Add a client with its first contact, who signs and pays until somebody else is named.

    The same name with the same contact again is the same client (a double click). Raises Invalid by field.
    """
    work.require(P.CLIENT_WRITE)
    name = one_line(new.name, "name", "the client's name", NAME_LIMIT)
    contact_name = one_line(new.contact_name, "contact_name", "the contact's name", NAME_LIMIT)
    email = address(new.contact_email, "contact_email")
    if new.currency not in CURRENCIES:
        raise Invalid("Choose one of the currencies offered.", "currency")
    locked(work, Org, work.member.org_id, "organisation")
    if existing := _same(work, name, email):
        return existing
    client = Client(
        org_id=work.member.org_id,
        name=name,
        legal_name=_optional(new.legal_name, "legal_name") or None,
        billing_address={"lines": _optional(new.address, "address")},
        currency=new.currency,
        is_consumer=new.is_consumer,
        owner_id=work.member.membership_id,
    )
    work.db.add(client)
    work.db.flush()
    work.db.add(
        Contact(
            org_id=client.org_id,
            client_id=client.id,
            name=contact_name,
            email=email,
            title=_optional(new.contact_title, "contact_title") or None,
            is_primary=True,
        )
    )
    work.record("client:add", "client", client.id)
    return client.id


def add_contact(work: UnitOfWork, client_id: UUID, *, name: str, email: str, title: str = "") -> UUID:
    """Another person at the client. The same address again is the same contact."""
    work.require(P.CLIENT_WRITE)
    client = locked(work, Client, client_id, "client")
    line = one_line(name, "contact_name", "the contact's name", NAME_LIMIT)
    mailbox = address(email, "contact_email")
    query = select(Contact).where(col(Contact.client_id) == client.id, col(Contact.email) == mailbox)
    if existing := work.db.exec(query).first():
        return existing.id
    contact = Contact(
        org_id=client.org_id,
        client_id=client.id,
        name=line,
        email=mailbox,
        title=_optional(title, "contact_title") or None,
    )
    work.db.add(contact)
    work.db.flush()
    work.record("contact:add", "contact", contact.id, client_id=str(client.id))
    return contact.id


def address(typed: str, field_name: str) -> str:
    """A mail address in its stored form. Raises Invalid."""
    mailbox = "".join(typed.split()).lower()
    if len(mailbox) > 254 or not EMAIL.fullmatch(mailbox):
        raise Invalid("Enter a complete e-mail address, such as clara@example.com.", field_name)
    return mailbox


def _same(work: UnitOfWork, name: str, email: str) -> UUID | None:
    query = (
        select(Client.id)
        .join(Contact, col(Contact.client_id) == Client.id)
        .where(
            func.lower(Client.name) == name.lower(),
            col(Contact.email) == email,
            col(Client.archived_at).is_(None),
        )
    )
    return work.db.exec(query.limit(1)).first()


def _optional(typed: str, field_name: str) -> str:
    text = nodes.visible(typed).strip()
    if len(text) > 500:
        raise Invalid("This is too long: at most 500 characters.", field_name)
    return text


def _key(work: UnitOfWork, after: str) -> object:
    try:
        client = work.db.get(Client, UUID(after))
    except ValueError:
        client = None
    if client is None:
        raise Invalid("This page of the list does not exist. Start again from the top.")
    return func.row(func.lower(client.name), client.id)
