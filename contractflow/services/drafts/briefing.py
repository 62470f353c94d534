"""From what the organisation typed to what a provider is told: names and formatted amounts, ready to copy."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select

from contractflow.content.plan import PlanRow
from contractflow.content.version import Content
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.integrations.ai.brief import Brief, PlanItem
from contractflow.models import Client, Document, DocumentVersion, DraftJob, Org
from contractflow.money import format_money


def brief_for(work: UnitOfWork, document: Document, job: DraftJob) -> Brief:
    """The brief of `job`, with the money of the document as it stands now."""
    content = _content(work, document)
    told = job.brief
    return Brief(
        kind=document.kind,
        title=document.title,
        agency=work.db.scalar(select(Org.name).where(col(Org.id) == document.org_id)) or "",
        client=work.db.scalar(select(Client.name).where(col(Client.id) == document.client_id)) or "",
        scope=_text(told, "scope"),
        tone=_text(told, "tone") or "plain",
        term=_text(told, "term"),
        jurisdiction=_text(told, "jurisdiction"),
        must_haves=tuple(str(must) for must in told.get("must_haves") or ()),
        total=format_money(document.total_minor, document.currency) if document.total_minor else "",
        plan=tuple(plan_item(row, document.currency) for row in content.payment_plan.rows) if content else (),
    )


def plan_item(row: PlanRow, currency: str) -> PlanItem:
    when = row.when[:1].lower() + row.when[1:]
    return PlanItem(row.label, format_money(row.amount_minor, currency), f"{when}, payable {row.terms}")


def _content(work: UnitOfWork, document: Document) -> Content | None:
    version = document.current_version_id and work.db.get(DocumentVersion, document.current_version_id)
    return Content.from_text(version.content) if version else None


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""
