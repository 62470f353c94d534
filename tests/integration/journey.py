"""The journey by services, for tests that start in its middle: each step by the person who would take it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import event
from sqlmodel import col, select

from contractflow.content.typed_plan import TypedRow
from contractflow.db.engine import use_role
from contractflow.db.roles import DbRole
from contractflow.db.unit_of_work import UnitOfWork, unit_of_work
from contractflow.jobs import signing
from contractflow.models import Artifact, AuditEvent, Document, Notification, OneTimeToken, Signer
from contractflow.permissions import Actor
from contractflow.permissions import Signer as SignerActor
from contractflow.security.links import one_time_code
from contractflow.services import clients, documents, portal
from contractflow.services.clients import NewClient
from contractflow.services.documents import Brief, NewDocument
from tests import cast

TEXT = "## 1. Scope\n\nWe build the website.\n\n## 2. Fees\n\nThe fee is due in two parts."
PLAN = (TypedRow("deposit", "Deposit", "400.00"), TypedRow("final", "Final payment", "600.00", "manual"))


def as_(actor: Actor, verb: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Do one verb in one transaction."""
    with unit_of_work(actor) as work:
        return verb(work, *args, **kwargs)


@contextmanager
def statements(work: UnitOfWork) -> Iterator[list[str]]:
    """Collects what is sent to the database inside the block."""
    seen: list[str] = []
    note = lambda *heard: seen.append(heard[2])  # noqa: E731
    event.listen(work.db.connection().engine, "before_cursor_execute", note)
    yield seen
    event.remove(work.db.connection().engine, "before_cursor_execute", note)


def look(actor: Actor, document_id: UUID) -> Document:
    """The row as it is now."""
    return as_(actor, lambda work: work.db.get_one(Document, document_id))


def trail(actor: Actor, document_id: UUID) -> list[str]:
    """The actions recorded for a document, oldest first."""
    query = (
        select(AuditEvent.action)
        .where(col(AuditEvent.document_id) == document_id)
        .order_by(col(AuditEvent.seq))
    )
    return as_(actor, lambda work: list(work.db.exec(query)))


def recorded(*actions: str) -> list[dict[str, Any]]:
    """What Northlight's trail has under those names, oldest first: who and what about."""
    query = select(AuditEvent).where(col(AuditEvent.action).in_(actions)).order_by(col(AuditEvent.seq))
    events = as_(cast.northlight, lambda work: list(work.db.exec(query)))
    return [{"who": event.actor_label, **json.loads(event.canonical)["data"]} for event in events]


def mailed_to(kind: str) -> list[str]:
    """Whom Northlight has written a mail of this kind."""
    query = select(Notification.recipient).where(Notification.channel == "email", Notification.kind == kind)
    return sorted(as_(cast.northlight, lambda work: list(work.db.exec(query))))


def seal(document: Document | SignerActor) -> Artifact:
    """The sealed PDF of a signed document, as the worker makes it."""
    document_id = document.id if isinstance(document, Document) else document.document_id
    use_role(DbRole.WORKER)
    signing.seal(str(document.org_id), str(document_id))
    use_role(DbRole.APP)
    query = select(Artifact).where(col(Artifact.document_id) == document_id)
    return as_(cast.northlight, lambda work: work.db.exec(query).one())


def new_client(**other: Any) -> NewClient:
    typed = {
        "name": "Bright Foods",
        "currency": "EUR",
        "contact_name": cast.clara.name,
        "contact_email": cast.clara.email,
    }
    return NewClient(**typed | other)


def new_document(client: UUID | str, **other: Any) -> NewDocument:
    typed: dict[str, Any] = {
        "client_id": str(client),
        "kind": "sow",
        "title": "Website relaunch",
        "brief": Brief(scope="A new website."),
        "currency": "EUR",
        "total": "1,000.00",
        "plan": PLAN,
    }
    return NewDocument(**typed | other)


def a_draft(author: Actor = cast.mia, text: str = TEXT, key: str = "k1") -> UUID:
    """A document of Mia's with two clauses and Clara as its signer."""
    client_id = as_(author, clients.add, new_client())
    document_id: UUID = as_(author, documents.create, new_document(client_id), idempotency_key=key)
    if text:
        as_(author, documents.add_block, document_id, "", text)
    return document_id


def in_review() -> UUID:
    document_id = a_draft()
    as_(cast.mia, documents.submit, document_id)
    return document_id


def approved() -> UUID:
    document_id = in_review()
    as_(cast.adam, documents.approve, document_id, look(cast.adam, document_id).current_version_id)
    return document_id


def sent() -> UUID:
    document_id = approved()
    as_(cast.mia, documents.send, document_id)
    return document_id


def signer_of(document_id: UUID) -> SignerActor:
    """Clara, as her mailed link lets her in."""
    row = as_(
        cast.mia,
        lambda work: work.db.exec(select(Signer).where(col(Signer.document_id) == document_id)).one(),
    )
    return SignerActor(row.org_id, document_id, row.id, row.name, "192.0.2.9", "pytest")


def mailed_code(signer: SignerActor) -> str:
    """The digits of the newest code, as the mail carries them."""

    def newest(work: UnitOfWork) -> UUID:
        query = select(OneTimeToken.id).where(col(OneTimeToken.subject_id) == signer.signer_id)
        return work.db.exec(query.order_by(col(OneTimeToken.id).desc()).limit(1)).one()

    return one_time_code(as_(cast.northlight, newest))


def ready_to_sign(document_id: UUID | None = None) -> SignerActor:
    clara = signer_of(document_id or sent())
    as_(clara, portal.one)
    as_(clara, portal.consent)
    as_(clara, portal.request_code)
    assert as_(clara, portal.verify_code, mailed_code(clara))
    return clara


def signed(document_id: UUID | None = None) -> SignerActor:
    """Whatever was sent, or a document of its own."""
    clara = ready_to_sign(document_id)
    as_(clara, portal.sign, kind="typed", typed_name=clara.name, agreed_intent=True)
    return clara
