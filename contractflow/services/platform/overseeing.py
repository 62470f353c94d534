"""What a platform admin may do to an organisation. Each stands in its own trail, before its owner's eyes.

Its clients notice nothing of it: what was sent can be read, signed and paid, whatever happens here.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from contractflow.content import blocks
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, Invalid, NotFound
from contractflow.models import Subscription
from contractflow.models.columns import uuid7
from contractflow.security.sessions import end_now, send_away
from contractflow.services import notifications, tiers
from contractflow.services.moving import move
from contractflow.services.platform.appointing import only_admins
from contractflow.services.platform.organisations import LIMITS, limit_of, one
from contractflow.workflows.billing import SUBSCRIPTION, SubscriptionStatus

LONGEST_REASON = 500
LONGEST_TRIAL = timedelta(days=366)
MOST = 1_000_000
UNLIMITED = "unlimited"


def suspend(work: UnitOfWork, reason: str) -> None:
    """Its members can do nothing from now on but read why. Raises Invalid without a reason."""
    reason = " ".join(blocks.clean(reason).split())
    if not reason:
        raise Invalid("Say why: the members of the organisation read it.", "reason")
    if len(reason) > LONGEST_REASON:
        raise Invalid(
            f"This is too long: at most {LONGEST_REASON} characters, yours has {len(reason):,}.", "reason"
        )
    org_id = _of_whom(work)
    if _gate(work, "SELECT gate_platform_suspend(:reason)", reason=reason):
        work.record("platform:suspend", "org", org_id, reason=reason)
        _tell_owner(work, "org_suspended", reason=reason)
        query = text("SELECT family_id FROM gate_colleagues_sessions()")
        work.after_commit(partial(send_away, [str(family) for family in work.db.execute(query).scalars()]))


def lift(work: UnitOfWork) -> None:
    """Its members go on where they were."""
    org_id = _of_whom(work)
    if _gate(work, "SELECT gate_platform_suspend(NULL)"):
        work.record("platform:lift", "org", org_id)
        _tell_owner(work, "org_lifted")


def hold(work: UnitOfWork, *, is_held: bool) -> None:
    """Keep everything of it, also when its owner deletes it: somebody's lawyer asked. Or let go of it again."""
    org_id = _of_whom(work)
    if _gate(work, "SELECT gate_platform_hold(:held)", held=is_held):
        work.record("platform:hold" if is_held else "platform:release", "org", org_id)


def end_sessions(work: UnitOfWork) -> int:
    """Sign everybody out of it; how many sessions that were."""
    org_id = _of_whom(work)
    query = text("SELECT family_id FROM gate_platform_end_sessions('ended by a platform admin')")
    ended = [str(family) for family in work.db.execute(query).scalars()]
    if ended:
        work.record("platform:end_sessions", "org", org_id, sessions=len(ended))
        work.after_commit(partial(end_now, ended))
    return len(ended)


def extend_trial(work: UnitOfWork, until: str) -> None:
    """The trial lasts to the end of this day (UTC). Raises Invalid, or IllegalMove where there is no trial."""
    org_id = _of_whom(work)
    plan = _plan(work, org_id)
    is_over = plan is not None and plan.status is SubscriptionStatus.READ_ONLY
    is_on = plan is not None and plan.status is SubscriptionStatus.TRIALING
    if plan is None or not (is_on or is_over) or plan.trial_ends_at is None or plan.paddle_subscription_id:
        raise IllegalMove("This organisation has no trial that could be extended.")
    ends = _end_of_day(until)
    if ends == plan.trial_ends_at:
        return
    if ends < max(plan.trial_ends_at, work.now):
        raise Invalid("Choose a day after the present end of the trial.", "until")
    if ends - work.now > LONGEST_TRIAL:
        raise Invalid("A trial lasts a year at most.", "until")
    if is_over:
        move(work, plan, SUBSCRIPTION, "extend")
    before, plan.trial_ends_at, plan.warned_at, plan.next_look_at = plan.trial_ends_at, ends, None, work.now
    days = f"{before:%d %b %Y}", f"{ends:%d %b %Y}"
    work.record("platform:extend_trial", "subscription", plan.id, changes={"trial_until": days})


def change_tier(work: UnitOfWork, tier: str) -> None:
    """Another plan by hand. Where Paddle bills, its next message says what it is again. Raises Invalid."""
    org_id = _of_whom(work)
    if tier not in {known.key for known in tiers.TIERS}:
        raise Invalid("Choose a plan.", "tier")
    plan = _plan(work, org_id)
    if plan is not None and plan.tier == tier:
        return
    before = plan.tier if plan else None
    if plan is None:
        plan = Subscription(
            id=uuid7(),
            org_id=org_id,
            tier=tier,
            status=SubscriptionStatus.ACTIVE,
            seats=1,
            period_start=work.now,
        )
        work.db.add(plan)
    plan.tier, plan.seats = tier, tiers.seats_of(tier)
    work.record("platform:change_tier", "subscription", plan.id, changes={"tier": (before, tier)})


def override_limit(work: UnitOfWork, name: str, limit: str) -> None:
    """A limit of its own: a number, "unlimited", or nothing for the plan's. Raises Invalid."""
    org_id = _of_whom(work)
    if name not in LIMITS:
        raise Invalid("There is no such limit.", name)
    before, typed = limit_of(one(work, org_id), name), limit.strip().casefold()
    own = json.dumps(_number(typed, name)) if typed else None
    if _gate(work, "SELECT gate_platform_limit(:name, CAST(:own AS jsonb))", name=name, own=own):
        changes = {name: (before, limit_of(one(work, org_id), name))}
        work.record("platform:override_limit", "org", org_id, changes=changes)


def _of_whom(work: UnitOfWork) -> UUID:
    """The organisation that the admin acts for. Raises NotAllowed for everybody else, NotFound for none."""
    org_id = only_admins(work).org_id
    if org_id is None:
        raise NotFound("organisation")
    one(work, org_id)
    return org_id


def _plan(work: UnitOfWork, org_id: UUID) -> Subscription | None:
    query = select(Subscription).where(
        col(Subscription.org_id) == org_id, col(Subscription.status) != SubscriptionStatus.CANCELED
    )
    return work.db.exec(query.with_for_update()).first()


def _tell_owner(work: UnitOfWork, kind: str, **facts: Any) -> None:
    row = one(work, _of_whom(work))
    if row["owner_email"]:
        with work.on_behalf():
            notifications.queue(
                work, kind, recipient=row["owner_email"], dedupe_key=f"{kind}:{uuid7()}",
                name=row["owner_name"], org=row["name"], **facts,
            )  # fmt: skip


def _number(typed: str, field: str) -> int | None:
    if typed == UNLIMITED:
        return None
    plain = typed.replace(",", "")
    if not plain.isdecimal() or len(plain) > 7 or int(plain) > MOST:
        raise Invalid(f"Enter a number up to {MOST:,}, “{UNLIMITED}”, or nothing for the plan's own.", field)
    return int(plain)


def _end_of_day(typed: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(typed.strip()), time(23, 59, 59), UTC)
    except ValueError:
        raise Invalid("Enter a date, like 2026-12-31.", "until") from None


def _gate(work: UnitOfWork, query: str, **values: Any) -> bool:
    return bool(work.db.scalar(text(query), values))
