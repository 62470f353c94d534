"""One field over everything a member can reach: documents, clients, contacts, colleagues, and what there is to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped
from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import AppUser, Client, Contact, Document, Invoice, Membership
from contractflow.permissions import Permission as P
from contractflow.permissions import why_not

EACH: Final = 5
LONGEST: Final = 100
MOST_WORDS: Final = 8


@dataclass(frozen=True)
class Hit:
    """`group` is the heading it stands under; `note` says more in a quieter voice."""

    group: str
    words: str
    note: str
    href: str


class Place(NamedTuple):
    words: str
    href: str
    needs: P


# fmt: off
PLACES: Final = (
    Place("New document",             "/documents/new",          P.DOCUMENT_CREATE),
    Place("Home",                     "/home",                   P.ORG_READ),
    Place("Documents",                "/documents",              P.DOCUMENT_READ),
    Place("Clients",                  "/clients",                P.CLIENT_READ),
    Place("Invoices",                 "/invoices",               P.INVOICE_READ),
    Place("Overdue invoices",         "/invoices?status=overdue", P.INVOICE_READ),
    Place("Notifications",            "/notifications",          P.ORG_READ),
    Place("Profile",                  "/settings/profile",       P.ORG_READ),
    Place("Security and sessions",    "/settings/security",      P.ORG_READ),
    Place("Which mails I get",        "/settings/notifications", P.ORG_READ),
    Place("Organisation settings",    "/settings/organisation",  P.ORG_READ),
    Place("Members and invitations",  "/settings/members",       P.MEMBER_READ),
    Place("Roles",                    "/settings/roles",         P.ORG_READ),
    Place("Payment settings",         "/settings/payments",      P.ORG_READ),
    Place("Audit log",                "/settings/audit",         P.AUDIT_READ),
    Place("Another organisation",     "/organisations",          P.ORG_READ),
)
# fmt: on


def find(work: UnitOfWork, text: str) -> list[Hit]:
    """At most EACH of every kind whose name, number or address holds every word of `text`; without words, what to do."""
    work.require(P.ORG_READ)
    words = list(dict.fromkeys(text[:LONGEST].split()))[:MOST_WORDS]
    asked = (_documents, _invoices, _clients, _people, _places) if words else (_places,)
    return [hit for ask in asked for hit in ask(work, words)]


def _places(work: UnitOfWork, words: list[str]) -> list[Hit]:
    member = work.member
    fitting = [
        Hit("Go to", place.words, "", place.href)
        for place in PLACES
        if not why_not(member, place.needs, own=True)
        and all(word.casefold() in place.words.casefold() for word in words)
    ]
    return fitting[: EACH if words else len(PLACES)]


def _documents(work: UnitOfWork, words: list[str]) -> Iterable[Hit]:
    if why_not(work.member, P.DOCUMENT_READ, own=True):
        return []
    query = (
        select(Document.id, Document.title, Document.number, Client.name)
        .join(Client, col(Client.id) == Document.client_id)
        .where(col(Document.deleted_at).is_(None))
        .where(*(_any(word, col(Document.title), col(Document.number), col(Client.name)) for word in words))
        .order_by(col(Document.updated_at).desc(), col(Document.id).desc())
        .limit(EACH)
    )
    return [
        Hit("Documents", title, f"{number} · {client}", f"/documents/{key}")
        for key, title, number, client in work.db.exec(query)
    ]


def _invoices(work: UnitOfWork, words: list[str]) -> Iterable[Hit]:
    """By their number, for whoever has it on a statement of the bank."""
    if why_not(work.member, P.INVOICE_READ, own=True):
        return []
    query = (
        select(Invoice.id, Invoice.number, Client.name)
        .join(Client, col(Client.id) == Invoice.client_id)
        .where(*(_any(word, col(Invoice.number)) for word in words))
        .order_by(col(Invoice.id).desc())
        .limit(EACH)
    )
    return [
        Hit("Invoices", number or "", client, f"/invoices/{key}")
        for key, number, client in work.db.exec(query)
    ]


def _clients(work: UnitOfWork, words: list[str]) -> Iterable[Hit]:
    """By the name of the client or of somebody there."""
    if why_not(work.member, P.CLIENT_READ, own=True):
        return []
    query = (
        select(Client.id, Client.name, Contact.name)
        .outerjoin(Contact, (col(Contact.client_id) == Client.id) & col(Contact.is_primary))
        .where(col(Client.archived_at).is_(None))
        .where(*(_any(word, col(Client.name), col(Contact.name), col(Contact.email)) for word in words))
        .order_by(col(Client.name), col(Client.id))
        .limit(EACH)
    )
    return [
        Hit("Clients", name, contact or "", f"/clients/{key}") for key, name, contact in work.db.exec(query)
    ]


def _people(work: UnitOfWork, words: list[str]) -> Iterable[Hit]:
    if why_not(work.member, P.MEMBER_READ, own=True):
        return []
    query = (
        select(AppUser.name, AppUser.email)
        .join(Membership, col(Membership.user_id) == AppUser.id)
        .where(*(_any(word, col(AppUser.name), col(AppUser.email)) for word in words))
        .order_by(col(AppUser.name), col(AppUser.id))
        .limit(EACH)
    )
    return [Hit("Team", name, email, "/settings/members") for name, email in work.db.exec(query)]


def _any(word: str, *columns: Mapped[Any]) -> ColumnElement[bool]:
    """`word` as it stands, in any of them, whatever its case."""
    first, *rest = [column.icontains(word, autoescape=True) for column in columns]
    for another in rest:
        first = first | another
    return first
