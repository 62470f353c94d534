"""Invoices that go out on their day."""

from __future__ import annotations

from uuid import UUID

from contractflow.db.unit_of_work import unit_of_work
from contractflow.permissions import System
from contractflow.services import invoices


def issue_due(org_id: str, invoice_id: str) -> None:
    """Send one scheduled invoice whose date has come. Safe to run twice."""
    with unit_of_work(System(UUID(org_id), "scheduler")) as work:
        invoices.issue_due(work, UUID(invoice_id))
