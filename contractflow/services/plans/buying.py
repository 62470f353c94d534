"""Buying a tier: an order of ours first, then a checkout at Paddle for it. Pressed twice, it is the same checkout."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from contractflow.config import settings
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, Invalid, NotFound
from contractflow.integrations.payments.plans import PlanOrder
from contractflow.models import AppUser, Org, Subscription
from contractflow.models.columns import uuid7
from contractflow.permissions import Permission as P
from contractflow.services import tiers
from contractflow.services.moving import locked
from contractflow.services.plans.rows import current, fresh, is_at_paddle

ORDER_LIFE = timedelta(days=1)
OPENING = timedelta(seconds=25)
"""How long opening a checkout may take; after that, whoever tries again opens it."""
PAID = "This is paid already. The plan follows in a moment."


def order(work: UnitOfWork, tier: str, interval: str) -> UUID:
    """The owner wants this tier: the order to open a checkout for. Nothing is bought until it is paid there.

    Raises Invalid for what is not for sale, IllegalMove where Paddle bills a plan already.
    """
    work.require(P.SAAS_BILLING_MANAGE)
    if tiers.price_of(tier, interval) is None:
        raise Invalid("This plan is not for sale here. Choose another one.", "tier")
    plan = _locked(work)
    if is_at_paddle(plan):
        raise IllegalMove("There is a plan already. Change that one.")
    known = plan.checkout or {}
    if _is_same(known, tier, interval, work.now):
        return UUID(known["id"])
    earlier = [*known.get("earlier", []), *filter(None, [known.get("ref")])]
    order_id = uuid7()
    plan.checkout = {
        "id": str(order_id),
        "tier": tier,
        "interval": interval,
        "at": work.now.isoformat(),
        "earlier": earlier,
    }
    work.record("subscription:order", "subscription", plan.id, tier=tier, interval=interval)
    return order_id


def ordered(work: UnitOfWork, order_id: UUID) -> PlanOrder | None:
    """What Paddle is asked to open; None while somebody else is asking it. Raises NotFound, IllegalMove when it is paid."""
    work.require(P.SAAS_BILLING_MANAGE)
    plan = _locked(work)
    if is_at_paddle(plan):
        raise IllegalMove(PAID)
    known = _order(plan, order_id)
    opening = known.get("opening")
    if opening and not known.get("ref") and datetime.fromisoformat(opening) + OPENING > work.now:
        return None
    plan.checkout = {**known, "opening": work.now.isoformat()}
    price = tiers.price_of(known["tier"], known["interval"])
    if price is None:
        raise NotFound("plan")
    payer = work.db.get_one(AppUser, work.member.user_id)
    return PlanOrder(
        order_id=order_id,
        org_id=plan.org_id,
        price=price,
        payer_name=payer.name,
        payer_email=payer.email,
        return_url=f"{settings().base_url}/settings/plan?from=checkout",
        earlier=tuple(known["earlier"]),
    )


def checkout_opened(work: UnitOfWork, order_id: UUID, ref: str) -> None:
    """Remember under which name Paddle keeps the order; what it replaced can be paid no more."""
    work.require(P.SAAS_BILLING_MANAGE)
    plan = _locked(work)
    if plan.checkout and plan.checkout["id"] == str(order_id):
        is_new = plan.checkout.get("ref") != ref
        plan.checkout = {**plan.checkout, "ref": ref, "opening": "", "earlier": []}
        if is_new:
            work.record("subscription:open_checkout", "subscription", plan.id, ref=ref)


def checkout_closed(work: UnitOfWork, order_id: UUID) -> None:
    """It could not be opened: the next try does not wait."""
    work.require(P.SAAS_BILLING_MANAGE)
    plan = _locked(work)
    if plan.checkout and plan.checkout["id"] == str(order_id):
        plan.checkout = {**plan.checkout, "opening": ""}


def _locked(work: UnitOfWork) -> Subscription:
    locked(work, Org, work.member.org_id, "organisation")
    return current(work, locked=True) or fresh(work)


def _order(plan: Subscription, order_id: UUID) -> dict[str, Any]:
    if not plan.checkout or plan.checkout["id"] != str(order_id):
        raise NotFound("order")
    return dict(plan.checkout)


def _is_same(known: dict[str, Any], tier: str, interval: str, now: datetime) -> bool:
    is_asked = (known.get("tier"), known.get("interval")) == (tier, interval)
    return is_asked and datetime.fromisoformat(known["at"]) + ORDER_LIFE > now
