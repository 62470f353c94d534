"""The page: the queue, what is out with clients, what changed last, and how far a new agency has come."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import Client, Document, Membership, OneTimeToken, Org
from contractflow.permissions import Permission as P
from contractflow.services.documents.reading import DocumentRow, row, with_names
from contractflow.services.home.queue import Queue, queue
from contractflow.workflows.document import Status

SHORT = 8


@dataclass(frozen=True)
class Chore:
    """One line of the checklist."""

    key: str
    words: str
    help: str
    href: str
    is_done: bool
    is_next: bool = False


@dataclass(frozen=True)
class HomePage:
    greeting: str = ""
    org: str = ""
    is_new: bool = False
    chores: list[Chore] = field(default_factory=list)
    queue: Queue = field(default_factory=Queue)
    on_client: list[DocumentRow] = field(default_factory=list)
    recent: list[DocumentRow] = field(default_factory=list)


def page(work: UnitOfWork) -> HomePage:
    work.require(P.ORG_READ)
    member = work.member
    chores = _chores(work)
    return HomePage(
        greeting=member.name.split()[0] if member.name.split() else "",
        org=work.db.exec(select(Org.name).where(col(Org.id) == member.org_id)).one(),
        is_new=not all(chore.is_done for chore in chores),
        chores=chores,
        queue=queue(work),
        on_client=_rows(work, col(Document.status) == Status.SENT),
        recent=_rows(work),
    )


def _rows(work: UnitOfWork, *narrow: ColumnElement[bool]) -> list[DocumentRow]:
    chosen = select(Document.id).where(col(Document.deleted_at).is_(None), *narrow)
    return [row(work, document, client, owner) for document, client, owner in with_names(work, chosen, SHORT)]


def _chores(work: UnitOfWork) -> list[Chore]:
    has_client = _any(work, select(Client.id))
    has_colleague = work.db.scalar(select(func.count()).select_from(Membership)) != 1 or _any(
        work, select(OneTimeToken.id).where(col(OneTimeToken.purpose) == "invite")
    )
    has_document = _any(work, select(Document.id))
    has_sent = _any(work, select(Document.id).where(col(Document.sent_at).is_not(None)))
    chores = [
        Chore(
            "colleague",
            "Invite a colleague",
            "Somebody else approves what you write.",
            "/settings/members",
            has_colleague,
        ),
        Chore("client", "Add a client", "With the person who signs.", "/clients", has_client),
        Chore(
            "document",
            "Create a document",
            "Brief, price, payment plan; the AI drafts it.",
            "/documents/new",
            has_document,
        ),
        Chore("send", "Send it to be signed", "Your client needs no account.", "/documents", has_sent),
    ]
    following = next((chore for chore in chores if not chore.is_done), None)
    return [replace(chore, is_next=chore is following) for chore in chores]


def _any(work: UnitOfWork, query: SelectOfScalar[UUID]) -> bool:
    return work.db.exec(query.limit(1)).first() is not None
