"""From the signed payment plan to invoices: one per payment, the ones due on signature at once."""

from __future__ import annotations

import re

from sqlmodel import col, select

from contractflow.content.blocks import Block, heading
from contractflow.content.plan import Kind, On, PlanRow
from contractflow.content.version import Content
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import Client, Document, DocumentVersion, Invoice, Org
from contractflow.services import orgs
from contractflow.services.invoices.issuing import buyer, issue, seller

_ABOUT_MONEY = re.compile(
    r"\b(payments?|fees?|prices?|pricing|compensation|remuneration|invoic\w*)\b", re.IGNORECASE
)


def plan_out(work: UnitOfWork, document: Document) -> None:
    """Make the invoices of a document that everybody has signed. Twice is the same as once.

    The caller holds the lock on `document`. A document without money gets none and stays signed.
    """
    if _is_planned(work, document):
        return
    org, client = work.db.get_one(Org, document.org_id), work.db.get_one(Client, document.client_id)
    content = _signed_content(work, document)
    clause = clause_about_money(content.blocks)
    planned = [_scheduled(document, row, clause, org, client) for row in _rows(content, org)]
    work.db.add_all(planned)
    work.db.flush()
    by = work.system("invoicing")
    for invoice in planned:
        work.record(
            "invoice:schedule", "invoice", invoice.id, document_id=document.id, by=by, key=invoice.plan_key
        )
        if invoice.trigger["on"] == On.SIGNATURE:
            issue(work, invoice, "issue", by=by)


def clause_about_money(blocks: tuple[Block, ...]) -> str:
    """The heading of the clause that speaks of payment, as the contract prints it; empty when none does."""
    headings = [words for block in blocks if (words := heading(block))]
    return next((words for words in headings if _ABOUT_MONEY.search(words)), "")


def _is_planned(work: UnitOfWork, document: Document) -> bool:
    query = select(Invoice.id).where(
        col(Invoice.document_id) == document.id, col(Invoice.plan_key).is_not(None)
    )
    return work.db.exec(query.limit(1)).first() is not None


def _signed_content(work: UnitOfWork, document: Document) -> Content:
    return Content.from_text(work.db.get_one(DocumentVersion, document.sent_version_id).content)


def _rows(content: Content, org: Org) -> tuple[PlanRow, ...]:
    """The plan as signed; a total without a plan is one payment on signature."""
    if content.payment_plan.rows or content.total_minor == 0:
        return content.payment_plan.rows
    days = orgs.due_days(org)
    return (PlanRow("total", Kind.ONE_OFF, "Full amount", content.total_minor, On.SIGNATURE, None, days),)


def _scheduled(document: Document, row: PlanRow, clause: str, org: Org, client: Client) -> Invoice:
    source = f"Clause “{clause}” of {document.number}" if clause else f"Payment plan of {document.number}"
    return Invoice(
        org_id=document.org_id,
        client_id=document.client_id,
        document_id=document.id,
        project_id=document.project_id,
        plan_key=row.key,
        kind=row.kind,
        label=row.label,
        currency=document.currency,
        lines=[{"text": row.label, "source": source, "amount_minor": row.amount_minor}],
        subtotal_minor=row.amount_minor,
        total_minor=row.amount_minor,
        trigger={"on": row.on, "date": row.date.isoformat() if row.date else None, "due_days": row.due_days},
        seller=seller(org),
        buyer=buyer(client),
    )
