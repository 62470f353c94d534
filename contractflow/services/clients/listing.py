"""Clients by name, fifty at a time, and as the lines of a select."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, func, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import Client, Contact, Document, Org
from contractflow.permissions import Permission as P
from contractflow.services import paging
from contractflow.services.paging import PAGE

MOST_CHOICES = 500


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
    """One page; `after` is the key of the next one, empty on the last. `currency` is what a new client begins with."""

    rows: list[ClientRow]
    after: str
    currency: str


def list_page(work: UnitOfWork, *, text: str = "", archived: bool = False, after: str = "") -> ClientList:
    """Clients by name, fifty at a time, optionally with `text` in the name; or those that were archived."""
    work.require(P.CLIENT_READ)
    documents = (
        select(func.count())
        .where(col(Document.client_id) == Client.id, col(Document.deleted_at).is_(None))
        .scalar_subquery()
    )
    query = (
        select(Client, Contact.name, documents)
        .outerjoin(Contact, (col(Contact.client_id) == Client.id) & col(Contact.is_primary))
        .where(
            col(Client.archived_at).is_not(None) if archived else col(Client.archived_at).is_(None),
            col(Client.merged_into_id).is_(None),
        )
        .order_by(func.lower(Client.name), col(Client.id))
        .limit(PAGE + 1)
    )
    if words := text.strip()[:100]:
        query = query.where(col(Client.name).icontains(words, autoescape=True))
    if after:
        last = paging.last_row(work, Client, after)
        behind = func.row(func.lower(last.name), last.id)
        query = query.where(func.row(func.lower(Client.name), Client.id) > behind)
    found = work.db.exec(query).all()
    rows = [
        ClientRow(str(c.id), c.name, contact or "", c.currency, str(count))
        for c, contact, count in found[:PAGE]
    ]
    currency = work.db.get_one(Org, work.member.org_id).default_currency
    return ClientList(rows, rows[-1].id if len(found) > PAGE else "", currency)


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
