"""One field over everything a member can reach: documents, invoices, clients, contacts, projects, colleagues, and what there is to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

import sqlalchemy
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped
from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import AppUser, Client, Contact, Document, Invoice, Membership, Project
from contractflow.permissions import Permission as P
from contractflow.permissions import why_not
from contractflow.services import names
from contractflow.services.search.finding import LONGEST, hits, may_find

EACH: Final = 5
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
    Place("Search by kind and status", "/search",                 P.ORG_READ),
    Place("Leads",                    "/leads",                  P.LEAD_READ),
    Place("Projects",                 "/projects",               P.CLIENT_READ),
    Place("Templates",                "/templates",              P.TEMPLATE_READ),
    Place("Clauses",                  "/clauses",                P.TEMPLATE_READ),
    Place("Analytics",                "/analytics",              P.INVOICE_READ),
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
    asked = (_documents, _invoices, _clients, _projects, _people) if text.strip() else ()
    found = [list(ask(work, text)) for ask in asked]
    is_more = any(len(of_kind) == EACH for of_kind in found)
    return [*chain(*found), *_places(work, text), *(_everywhere(text) if is_more else [])]


def _everywhere(text: str) -> list[Hit]:
    """The page of the search, where there is more than fits here."""
    words = " ".join(text[:LONGEST].split())
    return [Hit("Search", f"Search everywhere for “{words}”", "", f"/search?{urlencode({'q': words})}")]


def _places(work: UnitOfWork, text: str) -> list[Hit]:
    member, words = work.member, _words(text)
    fitting = [
        Hit("Go to", place.words, "", place.href)
        for place in PLACES
        if not why_not(member, place.needs, own=True)
        and all(word.casefold() in place.words.casefold() for word in words)
    ]
    return fitting[: EACH if words else len(PLACES)]


def _documents(work: UnitOfWork, text: str) -> Iterable[Hit]:
    """Those that are called so first, then those that say so."""
    if not may_find(work, "document"):
        return []
    named = [_document(one) for one in _reading(work, "document", text, named=True)]
    if len(named) == EACH:
        return named
    said = [_document(one) for one in _reading(work, "document", text)]
    return [*named, *[hit for hit in said if hit not in named]][:EACH]


def _document(one: Any) -> Hit:
    key, title, number, client = one
    return Hit("Documents", title, f"{number} · {client}", f"/documents/{key}")


def _reading(work: UnitOfWork, kind: str, text: str, *, named: bool = False) -> list[tuple[Any, ...]]:
    """What is shown of each kind that belongs to a client, whose name is the last of it."""
    model, *words = _SHOWN[kind]
    hit = hits(kind, text, EACH, named=named)
    ids = list(work.db.execute(sqlalchemy.select(hit.c.id)).scalars())
    if not ids:
        return []
    shown: list[Any] = [model.id, *words, model.client_id]
    query = sqlalchemy.select(*shown).where(col(model.id).in_(ids)).order_by(col(model.id).desc())
    found = list(work.db.execute(query))
    client = names.of_clients(work, (of for *_, of in found))
    return [(*facts, client[of]) for *facts, of in found]


_SHOWN: Final[dict[str, tuple[Any, ...]]] = {
    "document": (Document, Document.title, Document.number),
    "invoice": (Invoice, Invoice.number, Invoice.label),
    "project": (Project, Project.name),
}


def _invoices(work: UnitOfWork, text: str) -> Iterable[Hit]:
    """By their number, for whoever has it on a statement of the bank."""
    if not may_find(work, "invoice"):
        return []
    return [
        Hit("Invoices", number or label, client, f"/invoices/{key}")
        for key, number, label, client in _reading(work, "invoice", text, named=True)
    ]


def _projects(work: UnitOfWork, text: str) -> Iterable[Hit]:
    if not may_find(work, "project"):
        return []
    return [
        Hit("Projects", name, client, f"/projects/{key}")
        for key, name, client in _reading(work, "project", text, named=True)
    ]


def _clients(work: UnitOfWork, text: str) -> Iterable[Hit]:
    """By the name of the client or of somebody there."""
    if not may_find(work, "client"):
        return []
    hit = hits("client", text, EACH, named=True)
    query = (
        select(Client.id, Client.name, Contact.name)
        .join(hit, hit.c.id == Client.id)
        .outerjoin(Contact, (col(Contact.client_id) == Client.id) & col(Contact.is_primary))
        .where(col(Client.archived_at).is_(None))
        .order_by(col(Client.name), col(Client.id))
    )
    return [
        Hit("Clients", name, contact or "", f"/clients/{key}") for key, name, contact in work.db.exec(query)
    ]


def _people(work: UnitOfWork, text: str) -> Iterable[Hit]:
    if why_not(work.member, P.MEMBER_READ, own=True):
        return []
    query = (
        select(AppUser.name, AppUser.email)
        .join(Membership, col(Membership.user_id) == AppUser.id)
        .where(*(_any(word, col(AppUser.name), col(AppUser.email)) for word in _words(text)))
        .order_by(col(AppUser.name), col(AppUser.id))
        .limit(EACH)
    )
    return [Hit("Team", name, email, "/settings/members") for name, email in work.db.exec(query)]


def _words(text: str) -> list[str]:
    return list(dict.fromkeys(text[:LONGEST].split()))[:MOST_WORDS]


def _any(word: str, *columns: Mapped[Any]) -> ColumnElement[bool]:
    """`word` as it stands, in any of them, whatever its case."""
    first, *rest = [column.icontains(word, autoescape=True) for column in columns]
    for another in rest:
        first = first | another
    return first
