"""What a message says: ids, states and amounts of what it is about. No names of people, no addresses, no texts.

The row is read when the first attempt is made, seconds after the event; every later attempt sends the same bytes.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlmodel import SQLModel

from contractflow.config import settings
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.integrations.outgoing import slack
from contractflow.models import (
    AuditEvent,
    Client,
    Comment,
    Delivery,
    Document,
    Endpoint,
    Invoice,
    Lead,
    Org,
    Payment,
    Project,
    Signer,
)
from contractflow.money import format_money
from contractflow.permissions import Permission as P
from contractflow.workflows.events import named


class Facts(NamedTuple):
    """`path` is where a member reads more, over the id; empty where there is no page."""

    model: type[SQLModel]
    columns: tuple[str, ...]
    path: str = ""


# fmt: off
FACTS: Final[dict[str, Facts]] = {
    # in `data`    the row     what is said of it
    "document": Facts(Document, ("id", "number", "title", "kind", "status", "currency", "total_minor", "client_id", "project_id"), "/documents/{}"),
    "signer":   Facts(Signer,   ("id", "role", "status")),
    "invoice":  Facts(Invoice,  ("id", "number", "kind", "status", "currency", "total_minor", "paid_minor", "due_on", "client_id"), "/invoices/{}"),
    "payment":  Facts(Payment,  ("id", "kind", "status", "currency", "amount_minor", "invoice_id")),
    "comment":  Facts(Comment,  ("id", "kind", "visibility", "state", "parent_id", "contact_id")),
    "lead":     Facts(Lead,     ("id", "status", "client_id", "project_id"), "/leads/{}"),
    "client":   Facts(Client,   ("id", "status"), "/clients/{}"),
    "project":  Facts(Project,  ("id", "name", "status", "client_id"), "/projects/{}"),
    "endpoint": Facts(Endpoint, ("id",)),
}
# fmt: on


def body_of(work: UnitOfWork, row: Delivery, endpoint: Endpoint) -> str:
    """The bytes of a message, as the endpoint's channel takes them."""
    work.require(P.INTEGRATION_MANAGE)
    line = work.db.get_one(AuditEvent, (row.org_id, row.seq))
    data = _data(work, line)
    if endpoint.channel == "slack":
        org = work.db.get_one(Org, row.org_id)
        words = named(row.event).says.format_map(_words(data))
        return slack.message(words, org.name, _url(line, data), int(line.at.timestamp())).decode()
    message = {
        "type": row.event,
        "timestamp": _plain(line.at),
        "data": {"organisation_id": str(row.org_id), **data},
    }
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def _data(work: UnitOfWork, line: AuditEvent) -> dict[str, dict[str, Any]]:
    about: dict[str, UUID] = {line.entity: line.entity_id}
    if line.document_id:
        about["document"] = line.document_id
    found = {noun: work.db.get(FACTS[noun].model, row_id) for noun, row_id in about.items() if noun in FACTS}
    return {noun: _facts(FACTS[noun], row) for noun, row in found.items() if row is not None}


def _facts(facts: Facts, row: SQLModel) -> dict[str, Any]:
    said = {column: _plain(getattr(row, column)) for column in facts.columns}
    return said | ({"url": settings().base_url + facts.path.format(said["id"])} if facts.path else {})


def _url(line: AuditEvent, data: dict[str, dict[str, Any]]) -> str:
    return str(data.get(line.entity, {}).get("url") or data.get("document", {}).get("url") or "")


def _words(data: dict[str, dict[str, Any]]) -> dict[str, str]:
    """What Slack's lines are filled with; what is gone by now is an ellipsis."""
    document, invoice, payment = (data.get(noun, {}) for noun in ("document", "invoice", "payment"))
    minor = payment.get("amount_minor", invoice.get("total_minor"))
    currency = payment.get("currency") or invoice.get("currency")
    return {
        "title": document.get("title") or "…",
        "number": invoice.get("number") or "…",
        "name": data.get("project", {}).get("name") or "…",
        "amount": format_money(minor, currency) if currency and minor is not None else "…",
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)
