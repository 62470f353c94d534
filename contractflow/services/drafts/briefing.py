"""From what the organisation typed to what a provider is told: names and formatted amounts, ready to copy."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select

from contractflow.content.plan import PlanRow
from contractflow.content.version import Content
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.integrations.ai.brief import Brief, PlanItem, Variable
from contractflow.integrations.ai.prompts import rewrite_clause, write_contract
from contractflow.integrations.ai.words import Order, Rewrite
from contractflow.models import Client, Document, DocumentVersion, DraftJob, Org
from contractflow.money import format_money
from contractflow.services.drafts.rows import CLAUSE


def order_for(work: UnitOfWork, document: Document, job: DraftJob) -> Order:
    """What a provider is asked for: the whole document, or one clause of it anew."""
    brief = brief_for(work, document, job.brief)
    if job.kind != CLAUSE:
        return write_contract(brief)
    asked = job.brief["rewrite"]
    return rewrite_clause(brief, Rewrite(asked["md"], asked["wish"]), asked["others"])


def brief_for(work: UnitOfWork, document: Document, told: dict[str, Any]) -> Brief:
    """The brief as it was `told` (what an older one does not say is as it was then), with the money as it stands now."""
    content = _content(work, document)
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
        length=_text(told, "length") or "standard",
        variables=_variables(told, content),
    )


def plan_item(row: PlanRow, currency: str) -> PlanItem:
    when = row.when[:1].lower() + row.when[1:]
    return PlanItem(row.label, format_money(row.amount_minor, currency), f"{when}, payable {row.terms}")


def _content(work: UnitOfWork, document: Document) -> Content | None:
    version = document.current_version_id and work.db.get(DocumentVersion, document.current_version_id)
    return Content.from_text(version.content) if version else None


def _variables(told: dict[str, Any], content: Content | None) -> tuple[Variable, ...]:
    """What the brief named, with the values that the document has by now."""
    named = told.get("variables")
    values = content.variables if content else {}
    return tuple(
        Variable(str(name), values.get(name, "")) for name in (named if isinstance(named, dict) else {})
    )


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""
