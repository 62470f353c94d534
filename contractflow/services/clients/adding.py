"""A new client, with the person there who signs and pays."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlmodel import col, func, select

from contractflow.content import nodes
from contractflow.content.lines import one_line
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid
from contractflow.models import Client, Contact, Org
from contractflow.money import CURRENCIES
from contractflow.permissions import Permission as P
from contractflow.services.moving import locked

NAME_LIMIT, LEGAL_NAME_LIMIT, TITLE_LIMIT, ADDRESS_LIMIT = 120, 200, 120, 500
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class ClientFacts:
    """What is known of the client itself, as it was typed or as it stands."""

    name: str
    currency: str
    legal_name: str = ""
    address: str = ""
    is_consumer: bool = False


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


def add(work: UnitOfWork, new: NewClient) -> UUID:
    """Add a client with its first contact, who signs and pays until somebody else is named.

    The same name with the same contact again is the same client (a double click). Raises Invalid by field.
    """
    work.require(P.CLIENT_WRITE)
    checked = check(new)
    locked(work, Org, work.member.org_id, "organisation")
    if existing := same(work, checked.name, [checked.contact_email]):
        return existing
    return put(work, checked)


def check(new: NewClient) -> NewClient:
    """The form as it is kept. Raises Invalid by field."""
    typed = ClientFacts(new.name, new.currency, new.legal_name, new.address, new.is_consumer)
    return NewClient(
        **asdict(check_facts(typed)),
        contact_name=one_line(new.contact_name, "contact_name", "the contact's name", NAME_LIMIT),
        contact_email=address(new.contact_email, "contact_email"),
        contact_title=optional(new.contact_title, "contact_title", TITLE_LIMIT),
    )


def check_facts(typed: ClientFacts) -> ClientFacts:
    """What was typed about the client itself, as it is kept. Raises Invalid by field."""
    facts = ClientFacts(
        name=one_line(typed.name, "name", "the client's name", NAME_LIMIT),
        currency=typed.currency,
        legal_name=optional(" ".join(typed.legal_name.split()), "legal_name", LEGAL_NAME_LIMIT),
        address=optional(typed.address, "address", ADDRESS_LIMIT),
        is_consumer=typed.is_consumer,
    )
    if facts.currency not in CURRENCIES:
        raise Invalid("Choose one of the currencies offered.", "currency")
    return facts


def put(work: UnitOfWork, new: NewClient) -> UUID:
    """Write a client that was checked."""
    work.require(P.CLIENT_WRITE)
    client = Client(
        org_id=work.member.org_id,
        name=new.name,
        legal_name=new.legal_name or None,
        billing_address={"lines": new.address},
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
            name=new.contact_name,
            email=new.contact_email,
            title=new.contact_title or None,
            is_primary=True,
        )
    )
    work.record("client:add", "client", client.id)
    return client.id


def address(typed: str, field_name: str) -> str:
    """A mail address in its stored form. Raises Invalid."""
    mailbox = "".join(typed.split()).lower()
    if len(mailbox) > 254 or not EMAIL.fullmatch(mailbox):
        raise Invalid("Enter a complete e-mail address, such as clara@example.com.", field_name)
    return mailbox


def same(work: UnitOfWork, name: str, emails: Collection[str], but: UUID | None = None) -> UUID | None:
    """The client there is already of this name with one of these contacts, other than `but`."""
    work.require(P.CLIENT_WRITE)
    query = (
        select(Client.id)
        .join(Contact, col(Contact.client_id) == Client.id)
        .where(
            func.lower(Client.name) == name.lower(),
            col(Contact.email).in_(emails),
            col(Client.archived_at).is_(None),
            col(Client.id).is_distinct_from(but),
        )
    )
    return work.db.exec(query.limit(1)).first()


def optional(typed: str, field_name: str, limit: int) -> str:
    """What may stay empty. Raises Invalid when it is too long."""
    text = nodes.visible(typed).strip()
    if len(text) > limit:
        raise Invalid(f"This is too long: at most {limit} characters.", field_name)
    return text
