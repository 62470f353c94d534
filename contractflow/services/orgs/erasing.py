"""What our own worker does when the thirty days are over and no legal hold stands."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotAllowed
from contractflow.models import Document, Notification, Org
from contractflow.permissions import System
from contractflow.services.documents.expiring import end_signing
from contractflow.services.documents.sending import open_signers, tell_voided
from contractflow.services.moving import locked
from contractflow.services.orgs.closing import GRACE
from contractflow.services.plans.rows import look_soon
from contractflow.workflows.document import Status
from contractflow.workflows.signer import SignerStatus

REASON = "{org} has closed its account."


def erase(work: UnitOfWork) -> bool:
    """Erase the organisation of the worker that acts, when it is due; whether it was. Safe to run twice.

    Whoever was still to sign something is told first, and everything goes when that mail is out. What stays and why
    is in docs/organisations.md; the database erases nothing before it is due, and nothing under a legal hold.
    """
    org = _locked_own(work)
    is_due = org.deletion_requested_at is not None and org.deletion_requested_at + GRACE <= work.now
    if org.deleted_at or org.legal_hold or not is_due:
        return False
    if _end_signing(work, org) or _mail_is_waiting(work):
        return False
    work.db.flush()
    counts: dict[str, Any] = work.db.execute(
        text("SELECT gate_erase_org(:org_id)"), {"org_id": org.id}
    ).scalar_one()
    look_soon(work)  # what Paddle still bills is cancelled at once, until Paddle has heard it
    work.record("org:erase", "org", org.id, **counts)
    work.db.expire_all()
    return True


def _locked_own(work: UnitOfWork) -> Org:
    if not isinstance(work.actor, System):
        raise NotAllowed("That is not yours to do.")
    return locked(work, Org, work.actor.org_id, "organisation")


def _end_signing(work: UnitOfWork, org: Org) -> bool:
    """Nobody signs with an agency that is gone: the time of what is out ends today, and who was asked is told."""
    query = select(Document.id).where(col(Document.status) == Status.SENT).order_by(col(Document.id))
    found = list(work.db.exec(query))
    for document_id in found:
        document = locked(work, Document, document_id, "document")
        for signer in open_signers(work, document):
            if signer.status is not SignerStatus.SIGNED:
                tell_voided(work, document, signer, REASON.format(org=org.name))
        end_signing(work, document)
    return bool(found)


def _mail_is_waiting(work: UnitOfWork) -> bool:
    """Mails that are not out yet; a mail that fails for good waits no longer."""
    query = select(Notification.id).where(
        col(Notification.channel) == "email", col(Notification.status) == "queued"
    )
    return work.db.exec(query.limit(1)).first() is not None
