"""What the organisation's tier leaves room for; asked by the verb that would use it up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect
from sqlmodel import col, func, or_, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import PlanLimit
from contractflow.models import Document, DraftJob, Membership, OneTimeToken, Org, Subscription
from contractflow.permissions import Permission as P
from contractflow.services import tiers
from contractflow.services.tiers import Tier
from contractflow.workflows.billing import SubscriptionStatus
from contractflow.workflows.document import Status
from contractflow.workflows.draft_job import DraftStatus
from contractflow.workflows.membership import MembershipStatus

FINISHED = (Status.PAID, Status.DECLINED, Status.EXPIRED, Status.VOIDED)
FRUITLESS = (DraftStatus.FAILED, DraftStatus.CANCELLED)

REFUSALS = {
    "seats": "All {limit} seats of the {tier} plan are taken. Withdraw an invitation, or choose a larger plan.",
    "drafts": "The {limit} AI drafts a month of the {tier} plan are used up. They start again on the first; a larger plan has more.",
    "documents": "The {tier} plan holds {limit} active documents. Finish or void one, or choose a larger plan.",
}

_STEPS = "With the {tier} plan an approval has {most}."
NO_BRANDING = "The {tier} plan shows no logo of your own. A larger plan does."
NO_API = "The {tier} plan sends no webhooks. The Scale plan does; Slack is in every plan."


class Use(NamedTuple):
    """How many there are of what `tier` limits, and how many there may be; None is unlimited."""

    tier: Tier
    limit: int | None
    used: int

    @property
    def has_room(self) -> bool:
        return self.limit is None or self.used < self.limit


def use_of(work: UnitOfWork, name: str) -> Use:
    """Of "seats", "drafts" (a month), "drafts_at_once" or active "documents"; one query, for somebody waits for it."""
    work.require(P.ORG_READ)
    settings, key, used = work.db.execute(select(_settings(work), _tier(work), _USED[name](work))).one()
    tier = tiers.in_force(key)
    own = (settings or {}).get("limits", {})
    return Use(tier, own[name] if name in own else getattr(tier, name), used)


def limit_in(work: UnitOfWork, tier: Tier, name: str) -> int | None:
    """What the limit would be with another tier: an organisation's own one stays."""
    own = (work.db.execute(select(_settings(work))).scalar_one() or {}).get("limits", {})
    limit: int | None = own[name] if name in own else getattr(tier, name)
    return limit


def require_room(work: UnitOfWork, name: str) -> None:
    """Refuse when one more of `name` does not fit. Raises PlanLimit.

    Exact when the caller holds the lock on the organisation; one too many may slip through otherwise.
    """
    use = use_of(work, name)
    if not use.has_room:
        raise PlanLimit(REFUSALS[name].format(limit=f"{use.limit:,}", tier=use.tier.name))


def why_no_branding(work: UnitOfWork) -> str:
    """Why the plan does not let the organisation show its own logo; empty when it does."""
    work.require(P.ORG_READ)
    key = work.db.execute(select(_tier(work))).scalar_one()
    tier = tiers.in_force(key)
    return "" if tier.has_branding else NO_BRANDING.format(tier=tier.name)


def require_branding(work: UnitOfWork) -> None:
    """Raises PlanLimit."""
    if refused := why_no_branding(work):
        raise PlanLimit(refused)


def why_no_api(work: UnitOfWork) -> str:
    """Why the plan does not let the organisation send webhooks; empty when it does."""
    work.require(P.ORG_READ)
    key = work.db.execute(select(_tier(work))).scalar_one()
    tier = tiers.in_force(key)
    return "" if tier.has_api else NO_API.format(tier=tier.name)


def require_api(work: UnitOfWork) -> None:
    """Raises LimitReached."""
    if refused := why_no_api(work):
        raise PlanLimit(refused)


def room_for_steps(work: UnitOfWork) -> tuple[int | None, str]:
    """How many steps the plan lets an approval have, and that in words; None and no words when any number."""
    most, tier = _most_steps(work)
    if most is None:
        return None, ""
    return most, _STEPS.format(tier=tier, most="one step" if most == 1 else f"at most {most} steps")


def require_steps(work: UnitOfWork, count: int) -> None:
    """Refuse an approval of more steps than the plan has. Raises PlanLimit."""
    most, words = room_for_steps(work)
    if most is not None and count > most:
        raise PlanLimit(f"{words} Choose a larger plan for more.")


def _most_steps(work: UnitOfWork) -> tuple[int | None, str]:
    work.require(P.ORG_READ)
    settings, key = work.db.execute(select(_settings(work), _tier(work))).one()
    tier, own = tiers.named(key or tiers.TIERS[0].key), (settings or {}).get("limits", {})
    return own.get("approval_steps", tier.approval_steps), tier.name


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


def _drafts_under_way(work: UnitOfWork) -> ColumnElement[int]:
    """Those whose workers are silent are not counted: somebody else will begin them anew."""
    query = select(func.count()).where(
        col(DraftJob.org_id) == work.actor.org_id,
        col(DraftJob.status) == DraftStatus.RUNNING,
        col(DraftJob.lease_expires_at) > work.now,
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
    "drafts_at_once": _drafts_under_way,
    "documents": _active_documents,
}
