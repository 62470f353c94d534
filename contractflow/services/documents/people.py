"""Who stands behind a document."""

from __future__ import annotations

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import AppUser, Document, Membership


def owner_of(work: UnitOfWork, document: Document) -> AppUser:
    """Who answers for the document, to colleagues and to the client."""
    query = select(AppUser).join(Membership, col(Membership.user_id) == AppUser.id)
    return work.db.exec(query.where(col(Membership.id) == document.owner_id)).one()
