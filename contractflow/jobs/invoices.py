"""Invoices that go out on their day, and those whose day has passed."""

from __future__ import annotations

from uuid import UUID

from contractflow.db.unit_of_work import unit_of_work
from contractflow.permissions import System
from contractflow.services import invoices


def issue_due(org_id: str, invoice_id: str) -> None:
    """Send one scheduled invoice whose date has come. Safe to run twice."""
    with unit_of_work(System(UUID(org_id), "scheduler")) as work:
        invoices.issue_due(work, UUID(invoice_id))


def attend_overdue(org_id: str, invoice_id: str) -> None:
    """Tell the agency of one invoice that is overdue, or remind its client. Safe to run twice."""
    with unit_of_work(System(UUID(org_id), "scheduler")) as work:
        invoices.attend_overdue(work, UUID(invoice_id))
