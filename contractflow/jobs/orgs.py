"""Organisations whose thirty days are over."""

from __future__ import annotations

from uuid import UUID

from contractflow.db.unit_of_work import unit_of_work
from contractflow.permissions import System
from contractflow.services import orgs


def erase(org_id: str) -> None:
    """Erase one organisation, or tell those first who were still to sign. Safe to run twice."""
    with unit_of_work(System(UUID(org_id), "scheduler")) as work:
        orgs.erase(work)
