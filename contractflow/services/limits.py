"""What the organisation's tier leaves room for; asked by the verb that would use it up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect
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
    """How many "seats", "drafts" (a month), "drafts_at_once" or active "documents" there may be; None is unlimited."""
    work.require(P.ORG_READ)
    settings, tier = work.db.execute(select(_settings(work), _tier(work))).one()
    return _limit(name, settings, tier)


def require_room(work: UnitOfWork, name: str) -> None:
    """Refuse when one more of `name` does not fit; one query, for somebody waits for the answer. Raises LimitReached.

    Exact when the caller holds the lock on the organisation; one too many may slip through otherwise.
    """
    work.require(P.ORG_READ)
    settings, tier, used = work.db.execute(select(_settings(work), _tier(work), _USED[name](work))).one()
    limit = _limit(name, settings, tier)
    if limit is not None and used >= limit:
        raise LimitReached(REFUSALS[name].format(limit=f"{limit:,}", tier=_named(tier).name))


def _limit(name: str, settings: dict[str, Any] | None, tier: str | None) -> int | None:
    own = (settings or {}).get("limits", {})
    limit: int | None = own[name] if name in own else getattr(_named(tier), name)
    return limit


def _named(tier: str | None) -> Tier:
    """The smallest when there is no plan any more."""
    return tiers.named(tier or tiers.TIERS[0].key)


def _settings(work: UnitOfWork) -> ScalarSelect[Any]:
    return select(Org.settings).where(col(Org.id) == work.actor.org_id).scalar_subquery()


def _tier(work: UnitOfWork) -> ScalarSelect[Any]:
    query = select(Subscription.tier).where(
        col(Subscription.org_id) == work.actor.org_id, col(Subscription.status) != SubscriptionStatus.CANCELED
    )
    return query.limit(1).scalar_subquery()


def _seats(work: UnitOfWork) -> ColumnElement[int]:
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
    return members.scalar_subquery() + invited.scalar_subquery()


def _drafts_this_month(work: UnitOfWork) -> ColumnElement[int]:
    """Drafts that brought nothing are not counted."""
    first = work.now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    query = select(func.count()).where(
        col(DraftJob.org_id) == work.actor.org_id,
        col(DraftJob.queued_at) >= first,
        or_(col(DraftJob.status).not_in(FRUITLESS), col(DraftJob.output) != ""),
    )
    return query.scalar_subquery()


def _active_documents(work: UnitOfWork) -> ColumnElement[int]:
    query = select(func.count()).where(
        col(Document.org_id) == work.actor.org_id,
        col(Document.deleted_at).is_(None),
        col(Document.status).not_in(FINISHED),
    )
    return query.scalar_subquery()


_USED: dict[str, Callable[[UnitOfWork], ColumnElement[int]]] = {
    "seats": _seats,
    "drafts": _drafts_this_month,
    "documents": _active_documents,
}
