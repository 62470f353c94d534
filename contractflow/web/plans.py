"""What the owner does about the plan: our transaction, then Paddle, then our transaction. Never one inside the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from uuid import UUID

from contractflow.errors import AppError, Unavailable
from contractflow.integrations.payments import paddle
from contractflow.integrations.payments.plans import Bill, CostOfChange, PlanOrder, SaidPlan
from contractflow.permissions import Member
from contractflow.services import plans
from contractflow.services.plans import Change
from contractflow.web.threads import perform

if TYPE_CHECKING:
    from contractflow.integrations.payments.paddle_plans import PaddlePlans

Answer = TypeVar("Answer")


class Bills(NamedTuple):
    bills: list[Bill]
    why_not: str = ""


_SECONDS_BETWEEN_LOOKS = 0.25
_LOOKS = 60
OPENING = "The checkout is being opened in another window. Try again in a moment."


async def open_checkout(member: Member, order_id: UUID) -> str:
    """Where an order is paid. Two at a time wait for each other and lead to the same place."""
    order = await _taken(member, order_id)
    try:
        opened = await _at_paddle(lambda seller: seller.open(order))
    except BaseException:
        await perform(member, plans.checkout_closed, order_id)
        raise
    await perform(member, plans.checkout_opened, order_id, opened.provider_ref)
    return opened.url


async def cost_of(member: Member, tier: str, interval: str) -> CostOfChange | None:
    """What changing the plan would cost now; None for a smaller one, which costs nothing now."""
    change = await perform(member, plans.may_change, tier, interval)
    return None if change.held else await _at_paddle(lambda seller: seller.preview(change.ref, change.price))


async def change(member: Member, tier: str, interval: str) -> None:
    await _change(member, await perform(member, plans.may_change, tier, interval))


async def cancel(member: Member) -> None:
    """End the plan with the time that is paid for."""
    ref = await perform(member, plans.may_cancel)
    await _follow(member, lambda seller: seller.cancel(ref))


async def keep(member: Member) -> None:
    """Take back what is agreed for later."""
    kept = await perform(member, plans.may_keep)
    if isinstance(kept, Change):
        await _change(member, kept)
    else:
        await _follow(member, lambda seller: seller.keep(kept))


async def portal(member: Member) -> str:
    """Paddle's own page about the plan."""
    billed = await perform(member, plans.may_pay)
    return await _at_paddle(lambda seller: seller.portal(billed.customer_ref, billed.ref))


async def new_card(member: Member) -> str:
    """Where another card is given."""
    billed = await perform(member, plans.may_pay)
    return await _at_paddle(lambda seller: seller.new_card(billed.ref))


async def bills_or_why(member: Member) -> Bills:
    """The bills of the organisation, or why they cannot be shown now: the page goes on without them."""
    ref = await perform(member, plans.billed_as)
    try:
        return Bills(await _at_paddle(lambda seller: seller.bills(ref)) if ref else [])
    except AppError as refused:
        return Bills([], refused.message)


async def receipt(member: Member, bill_ref: str) -> str:
    """Where one of them can be downloaded. Raises NotFound."""
    ref = await perform(member, plans.billed_as)
    return await _at_paddle(lambda seller: seller.receipt(ref, bill_ref))


async def _taken(member: Member, order_id: UUID) -> PlanOrder:
    for _ in range(_LOOKS):
        if order := await perform(member, plans.ordered, order_id):
            return order
        await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
    raise Unavailable(OPENING)


async def _change(member: Member, wanted: Change) -> None:
    await _follow(member, lambda seller: seller.change(wanted.ref, wanted.price, wanted.held))


async def _follow(member: Member, ask: Callable[[PaddlePlans], SaidPlan]) -> None:
    await perform(member, plans.followed, await _at_paddle(ask))


async def _at_paddle(ask: Callable[[PaddlePlans], Answer]) -> Answer:
    seller = await asyncio.to_thread(paddle.plans)
    if seller is None:
        raise Unavailable("Plans are not for sale on this server.")
    return await asyncio.to_thread(ask, seller)
