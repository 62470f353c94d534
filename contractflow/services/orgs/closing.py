"""The end of an organisation: asked for by the owner, taken back within thirty days, erased after them."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, Invalid
from contractflow.models import AppUser, Membership, Org
from contractflow.permissions import Permission as P
from contractflow.services import notifications
from contractflow.services.members.ownership import lapse_offers
from contractflow.services.members.standing import hold
from contractflow.services.moving import locked
from contractflow.services.plans.rows import look_soon
from contractflow.workflows.membership import MembershipStatus

GRACE = timedelta(days=30)


def request_deletion(work: UnitOfWork, typed_name: str) -> None:
    """Delete the organisation in thirty days; until then its people read and change nothing.

    Clients go on reading, signing and paying what they were sent. Twice is the same as once. Raises Invalid.
    """
    org = locked(work, Org, work.member.org_id, "organisation")
    hold(work, P.ORG_DELETE)
    if typed_name.strip() != org.name:
        raise Invalid("Type the organisation's name exactly as it stands above.", "typed_name")
    if org.deletion_requested_at:
        return
    org.deletion_requested_at = work.now
    lapse_offers(work)
    look_soon(work)
    work.record("org:request_deletion", "org", org.id, erased_on=erased_on(org))
    _tell_everybody(work, org, "org_closing", until=erased_on(org))


def undo_deletion(work: UnitOfWork) -> None:
    """Keep the organisation after all. Twice is the same as once. Raises IllegalMove when it is erased already."""
    org = locked(work, Org, work.member.org_id, "organisation")
    hold(work, P.ORG_DELETE)
    if org.deleted_at:
        raise IllegalMove("This organisation is erased already.")
    if org.deletion_requested_at is None:
        return
    org.deletion_requested_at = None
    look_soon(work)
    work.record("org:undo_deletion", "org", org.id)
    _tell_everybody(work, org, "org_kept")


def closing_notice(work: UnitOfWork) -> str:
    """What becomes of an organisation that is being deleted, in a sentence for every page."""
    work.require(P.ORG_READ)
    org = work.db.get_one(Org, work.member.org_id)
    held = " A legal hold keeps it from being erased for now." if org.legal_hold else ""
    return f"It is deleted on {erased_on(org)}. Until then everybody can read, and nothing changes.{held}"


def erased_on(org: Org) -> str:
    """The day from which on it is erased; empty when nobody asked for it."""
    return f"{org.deletion_requested_at + GRACE:%d %B %Y}" if org.deletion_requested_at else ""


def _tell_everybody(work: UnitOfWork, org: Org, kind: str, **facts: str) -> None:
    query = (
        select(AppUser)
        .join(Membership, col(Membership.user_id) == AppUser.id)
        .where(col(Membership.org_id) == org.id, col(Membership.status) == MembershipStatus.ACTIVE)
    )
    for person in work.db.exec(query).all():
        notifications.queue(
            work,
            kind,
            recipient=person.email,
            user_id=person.id,
            document_id=None,
            dedupe_key=f"{kind}:{org.id}:{person.id}:{work.now.isoformat()}",
            name=person.name,
            org=org.name,
            actor=work.member.name,
            **dict[str, object](facts),
        )
