"""What the organisation's tier leaves room for; asked by the verb that would use it up."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import col, func, or_, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import LimitReached
from contractflow.models import Document, DraftJob, Membership, OneTimeToken, Org, Subscription
from contractflow.models.membership import MembershipStatus
from contractflow.permissions import Permission as P
from contractflow.services import tiers
from contractflow.services.tiers import Tier
from contractflow.workflows.billing import SubscriptionStatus
from contractflow.workflows.document import Status
from contractflow.workflows.draft_job import DraftStatus

FINISHED = (Status.PAID, Status.DECLINED, Status.EXPIRED, Status.VOIDED)
FRUITLESS = (DraftStatus.FAILED, DraftStatus.CANCELLED)

REFUSALS = {
    "seats": "All {limit} seats of the {tier} plan are taken. Withdraw an invitation, or choose a larger plan.",
    "drafts": "The {limit} AI drafts a month of the {tier} plan are used up. They start again on the first; a larger plan has more.",
    "documents": "The {tier} plan holds {limit} active documents. Finish or void one, or choose a larger plan.",
}


def limit_for(work: UnitOfWork, name: str) -> int | None:
    """How many "seats", "drafts" (a month) or active "documents" there may be; None is unlimited."""
    work.require(P.ORG_READ)
    settings = work.db.scalar(select(Org.settings).where(col(Org.id) == work.actor.org_id)) or {}
    own = settings.get("limits", {})
    limit: int | None = own[name] if name in own else getattr(_tier(work), name)
    return limit


def require_room(work: UnitOfWork, name: str) -> None:
    """Refuse when one more of `name` does not fit. Raises LimitReached.

    Exact when the caller holds the lock on the organisation; one too many may slip through otherwise.
    """
    limit = limit_for(work, name)
    if limit is not None and _USED[name](work) >= limit:
        raise LimitReached(REFUSALS[name].format(limit=f"{limit:,}", tier=_tier(work).name))


def _tier(work: UnitOfWork) -> Tier:
    """The smallest when there is no plan any more."""
    query = select(Subscription.tier).where(
        col(Subscription.org_id) == work.actor.org_id, col(Subscription.status) != SubscriptionStatus.CANCELED
    )
    return tiers.named(work.db.exec(query).first() or tiers.TIERS[0].key)


def _seats(work: UnitOfWork) -> int:
    members = select(func.count()).where(
        col(Membership.org_id) == work.actor.org_id, col(Membership.status) == MembershipStatus.ACTIVE
    )
    invited = select(func.count()).where(
        col(OneTimeToken.org_id) == work.actor.org_id,
        col(OneTimeToken.purpose) == "invite",
        col(OneTimeToken.used_at).is_(None),
        col(OneTimeToken.revoked_at).is_(None),
        col(OneTimeToken.expires_at) > work.now,
    )
    return work.db.exec(members).one() + work.db.exec(invited).one()


def _drafts_this_month(work: UnitOfWork) -> int:
    """Drafts that brought nothing are not counted."""
    first = work.now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    query = select(func.count()).where(
        col(DraftJob.org_id) == work.actor.org_id,
        col(DraftJob.queued_at) >= first,
        or_(col(DraftJob.status).not_in(FRUITLESS), col(DraftJob.output) != ""),
    )
    return work.db.exec(query).one()


def _active_documents(work: UnitOfWork) -> int:
    query = select(func.count()).where(
        col(Document.org_id) == work.actor.org_id,
        col(Document.deleted_at).is_(None),
        col(Document.status).not_in(FINISHED),
    )
    return work.db.exec(query).one()


_USED: dict[str, Callable[[UnitOfWork], int]] = {
    "seats": _seats,
    "drafts": _drafts_this_month,
    "documents": _active_documents,
}
