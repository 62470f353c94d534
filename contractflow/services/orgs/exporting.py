"""Everything that an organisation has, to take away: its rows as JSON lines, table by table, and its files.

In parts, each its own transaction: what is written at once stays small however much there is, and who loses the
permission on the way gets no further. Nothing is kept on our side, so nothing has to run out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Final
from uuid import UUID

from sqlmodel import SQLModel, col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.models import (
    Approval,
    ApprovalPolicy,
    ApprovalRound,
    AppUser,
    Artifact,
    Client,
    Comment,
    Contact,
    Document,
    DocumentVersion,
    DraftJob,
    Endpoint,
    Invoice,
    Lead,
    Membership,
    Org,
    Payment,
    Project,
    Signature,
    Signer,
    Subscription,
    Template,
)
from contractflow.permissions import Permission as P
from contractflow.permissions import Role, require

PART: Final = 500
TABLES: Final[Mapping[str, type[SQLModel]]] = {
    str(model.__tablename__): model
    for model in (
        Org, Subscription, Membership, Client, Contact, Lead, Project, Template, Document, DocumentVersion, DraftJob,
        ApprovalPolicy, ApprovalRound, Approval, Comment, Signer, Signature, Invoice, Payment, Artifact, Endpoint,
    )
}  # fmt: skip
"""What is the organisation's own, in an order in which each refers to what came before."""

LEFT_OUT: Final = {
    "audit_event": "in the folder audit-log, with a script that proves it",
    "audit_head": "the newest line of the audit log says the same",
    "auth_session": "belongs to the people who sign in",
    "bounce": "addresses that mails came back from; when and why stands in the audit log",
    "delivery": "messages to other programs, kept for thirty days; what they told stands in the audit log",
    "delivery_attempt": "what those programs answered",
    "draft_attempt": "what providers answered on the way to a draft; the draft itself is there",
    "notification": "mails to people; what they told stands in the audit log",
    "one_time_token": "the keys of mailed links",
    "ownership_offer": "a question that stands for a week; the answer is in the audit log",
    "search_entry": "the words of what is here anyway, for finding it",
    "webhook_event": "calls between payment providers and us",
}
"""Tables of an organisation that are not taken along, and why."""

SECRET: Final = frozenset(
    {
        "token_hmac", "pay_token_hmac", "access_code_hash", "ip_hash", "storage_key", "target_enc", "secret_enc",
        "former_secret_enc",
    }
)  # fmt: skip
"""Columns that open something, or say nothing outside of here."""


@dataclass(frozen=True)
class Copy:
    """What is taken away, and what its file is called, without an ending."""

    org_id: UUID
    name: str


@dataclass(frozen=True)
class Lines:
    """Some rows of a table, one a line; `after` is the id of the last, None when there are no more."""

    text: str
    after: UUID | None


@dataclass(frozen=True)
class File:
    id: UUID
    name: str
    content: bytes


def export(work: UnitOfWork) -> Copy:
    """Begin, and write into the trail who takes everything away."""
    work.require(P.ORG_EXPORT_DATA)
    org = work.db.get_one(Org, work.member.org_id)
    work.record("org:export", "org", org.id)
    return Copy(org.id, f"{org.slug}-{work.now:%Y-%m-%d}")


def export_part(work: UnitOfWork, copy: Copy, table: str, after: UUID | None = None) -> Lines:
    """The rows of `table` behind `after`. Raises NotFound for a table that is not taken along."""
    require(work.actor, P.ORG_EXPORT_DATA)  # confirmed when it began; a long download may outlast that
    model = TABLES.get(table)
    if model is None or copy.org_id != work.member.org_id:
        raise NotFound("table")
    columns = [one for one in _columns(model) if one.name not in SECRET]
    key: Any = model.id  # type: ignore[attr-defined]  # every table here has one
    query = select(*columns).order_by(key).limit(PART)
    if after:
        query = query.where(key > after)
    rows = [dict(row) for row in work.db.execute(query).mappings()]
    people = _people(work, [row["id"] for row in rows]) if model is Membership else {}
    text = "".join(_line(row | people.get(row["id"], {})) for row in rows)
    return Lines(text, rows[-1]["id"] if len(rows) == PART else None)


def export_file(work: UnitOfWork, copy: Copy, after: UUID | None = None) -> File | None:
    """The next file behind `after`: sealed PDFs and whatever else was kept; None when there are no more."""
    require(work.actor, P.ORG_EXPORT_DATA)
    if copy.org_id != work.member.org_id:
        raise NotFound("file")
    query = select(Artifact.id, Artifact.filename, Artifact.content).where(col(Artifact.content).is_not(None))
    if after:
        query = query.where(col(Artifact.id) > after)
    found = work.db.exec(query.order_by(col(Artifact.id)).limit(1)).first()
    return File(found[0], f"{found[0]}-{found[1].replace('/', '_')}", found[2] or b"") if found else None


def _columns(model: type[SQLModel]) -> list[Any]:
    """All of a table but the bytes of a file, which have a file of their own."""
    own = model.__table__.columns  # type: ignore[attr-defined]
    return [one for one in own if not (model is Artifact and one.name == "content")]


def _people(work: UnitOfWork, members: Sequence[UUID]) -> dict[UUID, dict[str, str]]:
    """Names and addresses of these members: a membership alone is two ids."""
    query = (
        select(Membership.id, AppUser.name, AppUser.email)
        .join(AppUser, col(AppUser.id) == Membership.user_id)
        .where(col(Membership.id).in_(members))
    )
    return {key: {"name": name, "email": email} for key, name, email in work.db.exec(query)}


def _line(row: dict[str, Any]) -> str:
    settings = row.get("settings")
    if isinstance(settings, dict) and "paddle" in settings:
        row["settings"] = {**settings, "paddle": "connected"}  # its keys stay here
    return json.dumps(row, ensure_ascii=False, default=_plain) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Role):
        return value.value_text
    return value.value if isinstance(value, Enum) else str(value)
