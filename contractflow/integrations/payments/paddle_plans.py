"""What organisations buy from us, through Paddle's own SDK. Every write is safe to do twice: it looks first.

Money in minor units. Raises Unavailable when Paddle does not answer, then nothing is known and asking again is safe;
IllegalMove with a sentence when it refuses, then nothing was changed; NotFound for what it does not know.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from itertools import islice
from typing import Any

from paddle_billing import Client
from paddle_billing.Entities.Shared import CustomData, TransactionStatus
from paddle_billing.Entities.Subscriptions import (
    SubscriptionEffectiveFrom,
    SubscriptionOnPaymentFailure,
    SubscriptionProrationBillingMode,
)
from paddle_billing.Exceptions.ApiError import ApiError
from paddle_billing.Resources.CustomerPortalSessions.Operations import CreateCustomerPortalSession
from paddle_billing.Resources.Shared.Operations import OrderBy, Pager
from paddle_billing.Resources.Subscriptions.Operations import (
    CancelSubscription,
    PreviewUpdateSubscription,
    SubscriptionIncludes,
    UpdateSubscription,
)
from paddle_billing.Resources.Subscriptions.Operations.Update import SubscriptionUpdateItem
from paddle_billing.Resources.Transactions.Operations import (
    CreateTransaction,
    ListTransactions,
    UpdateTransaction,
)
from paddle_billing.Resources.Transactions.Operations.Create import TransactionCreateItem
from requests import RequestException

from contractflow.errors import IllegalMove, NotFound, Unavailable
from contractflow.integrations.payments.paddle_account import PaddleAccount, is_ambiguous, ours
from contractflow.integrations.payments.plans import Bill, CostOfChange, Held, PlanOrder, SaidPlan
from contractflow.integrations.payments.port import CheckoutRef

log = logging.getLogger(__name__)

BILLS = 24
_BOUGHT = ("paid", "completed")
_DECLINED = ("subscription_payment_declined", "transaction_payment_declined")
_LATER, _NOW = SubscriptionEffectiveFrom.NextBillingPeriod, SubscriptionEffectiveFrom.Immediately
_CHARGE, _WAIT = (
    SubscriptionProrationBillingMode.ProratedImmediately,
    SubscriptionProrationBillingMode.DoNotBill,
)
_SHOWN = [
    TransactionStatus.Completed,
    TransactionStatus.Paid,
    TransactionStatus.Billed,
    TransactionStatus.PastDue,
]


class PaddlePlans(PaddleAccount):
    """The subscriptions in our own account."""

    noun = "plan"

    def open(self, order: PlanOrder) -> CheckoutRef:
        """The checkout of an order, for the same order always the same one; what it replaces can be paid no more.

        Raises IllegalMove when one of those is paid already.
        """
        for earlier in order.earlier:
            self._withdraw(earlier)
        customer_id = self._customer(order.payer_email, order.payer_name)
        opened = self._opened(customer_id, _ordered(customer_id, order), "order_id", str(order.order_id))
        if opened.status.value in _BOUGHT:
            raise IllegalMove("This is paid already. The plan follows in a moment.")
        return CheckoutRef(opened.id, opened.checkout.url)

    def fetch(self, ref: str) -> SaidPlan:
        """What Paddle says now."""
        return _said(self._entity(ref))

    def preview(self, ref: str, price: str) -> CostOfChange:
        """What changing to `price` now would cost; changes nothing."""
        wanted = PreviewUpdateSubscription(
            items=[SubscriptionUpdateItem(price, 1)], proration_billing_mode=_CHARGE
        )
        said = self._write(lambda paddle: paddle.subscriptions.preview_update(ref, wanted))
        result = said.update_summary.result if said.update_summary else None
        sign = -1 if result and result.action.value == "credit" else 1
        return CostOfChange(
            due_now_minor=sign * int(result.amount) if result else 0,
            currency=said.currency_code.value,
            then_minor=_total(said.recurring_transaction_details) or 0,
            then_at=said.next_billed_at,
        )

    def change(self, ref: str, price: str, held: Held | None = None) -> SaidPlan:
        """Bill `price` from now on: with the difference at once, or (`held`) from the next period, the tier kept until then."""
        entity = self._entity(ref)
        now = _said(entity)
        if (now.price, now.held) == (price, held):
            return now
        known = {
            name: value for name, value in ours(entity).items() if name not in ("held_tier", "held_until")
        }
        wanted = UpdateSubscription(
            items=[SubscriptionUpdateItem(price, 1)],
            proration_billing_mode=_WAIT if held or now.held else _CHARGE,
            on_payment_failure=SubscriptionOnPaymentFailure.PreventChange,
            custom_data=CustomData({**known, **_kept(held)}),
        )
        return self._changed(
            ref, lambda paddle: paddle.subscriptions.update(ref, wanted), lambda said: said.price == price
        )

    def cancel(self, ref: str, *, at_once: bool = False) -> SaidPlan:
        """End it with the period that is paid for, or at once."""
        now = self.fetch(ref)
        if now.status == "canceled" or (now.ends_at and not at_once):
            return now
        wanted = CancelSubscription(_NOW if at_once else _LATER)
        return self._changed(
            ref, lambda paddle: paddle.subscriptions.cancel(ref, wanted), lambda said: _ends(said, at_once)
        )

    def keep(self, ref: str) -> SaidPlan:
        """Take back that it ends."""
        if (now := self.fetch(ref)).ends_at is None:
            return now
        wanted = UpdateSubscription(scheduled_change=None)
        return self._changed(
            ref, lambda paddle: paddle.subscriptions.update(ref, wanted), lambda said: said.ends_at is None
        )

    def bills(self, ref: str) -> list[Bill]:
        """The newest bills, newest first."""
        pager = Pager(order_by=OrderBy.id_descending(), per_page=BILLS)
        wanted = ListTransactions(pager, subscription_ids=[ref], statuses=_SHOWN)
        found = self._ask(lambda paddle: list(islice(paddle.transactions.list(wanted), BILLS)))
        return [_bill(one) for one in found]

    def receipt(self, ref: str, bill_ref: str) -> str:
        """Where a bill of that subscription can be downloaded, for an hour. Raises NotFound for a bill of another one."""
        if self._ask(lambda paddle: paddle.transactions.get(bill_ref)).subscription_id != ref:
            raise NotFound("bill")
        return str(self._ask(lambda paddle: paddle.transactions.get_invoice_pdf(bill_ref)).url)

    def portal(self, customer_ref: str, ref: str) -> str:
        """Paddle's page for who pays: cards, addresses, bills. The link works once and not for long."""
        wanted = CreateCustomerPortalSession([ref])
        session = self._ask(lambda paddle: paddle.customer_portal_sessions.create(customer_ref, wanted))
        return str(session.urls.general.overview)

    def new_card(self, ref: str) -> str:
        """Where another card is given; what is past due is paid there at once."""
        found = self._ask(lambda paddle: paddle.subscriptions.get_payment_method_change_transaction(ref))
        return str(found.checkout.url)

    def _entity(self, ref: str) -> Any:
        return self._ask(lambda paddle: paddle.subscriptions.get(ref, [SubscriptionIncludes.NextTransaction]))

    def _withdraw(self, transaction_ref: str) -> None:
        try:
            known = self._ask(lambda paddle: paddle.transactions.get(transaction_ref))
        except NotFound:
            return
        if known.status.value in _BOUGHT:
            raise IllegalMove("An earlier order is paid already. The plan follows in a moment.")
        if known.status is not TransactionStatus.Canceled:
            canceled = UpdateTransaction(status=TransactionStatus.Canceled)
            self._write(lambda paddle: paddle.transactions.update(transaction_ref, canceled))

    def _changed(
        self, ref: str, call: Callable[[Client], Any], is_done: Callable[[SaidPlan], bool]
    ) -> SaidPlan:
        """Do it, and ask what became of it; without an answer, what it is now says whether it was done."""
        try:
            self._write(call)
        except Unavailable:
            if is_done(said := self.fetch(ref)):
                return said
            raise
        return self.fetch(ref)

    def _write(self, call: Callable[[Client], Any]) -> Any:
        try:
            return call(self._client)
        except ApiError as refused:
            if is_ambiguous(refused) or refused.response.status_code in (401, 403, 429):
                raise self._unavailable(refused) from refused
            log.warning("paddle refused: %s", refused.error_code)
            raise IllegalMove(_refusal(refused.error_code)) from refused
        except RequestException as problem:
            raise self._unavailable(problem) from problem


def _refusal(code: str) -> str:
    if code in _DECLINED:
        return "The card was declined, and nothing was changed. Give another card and try again."
    return f"Paddle does not allow this now, and nothing was changed ({code})."


def _ordered(customer_id: str, order: PlanOrder) -> CreateTransaction:
    known = {"org_id": order.org_id, "order_id": order.order_id, "return_url": order.return_url}
    return CreateTransaction(
        items=[TransactionCreateItem(price_id=order.price, quantity=1)],
        customer_id=customer_id,
        custom_data=CustomData({name: str(value) for name, value in known.items()}),
    )


def _said(one: Any) -> SaidPlan:
    known, period, later = ours(one), one.current_billing_period, one.scheduled_change
    return SaidPlan(
        ref=one.id,
        status=one.status.value,
        org_id=str(known.get("org_id", "")),
        customer_ref=one.customer_id,
        price=next((str(item.price.id) for item in one.items if item.recurring), ""),
        period_start=period.starts_at if period else None,
        period_end=period.ends_at if period else None,
        next_bill_at=one.next_billed_at,
        next_bill_minor=_total(one.next_transaction.details) if one.next_transaction else None,
        currency=one.currency_code.value,
        ends_at=later.effective_at if later and later.action.value == "cancel" else None,
        held=_held(known, period),
        changed_at=one.updated_at,
    )


def _held(known: dict[str, Any], period: Any) -> Held | None:
    """None once the period has begun for which the smaller tier is billed."""
    if "held_tier" not in known:
        return None
    held = Held(str(known["held_tier"]), datetime.fromisoformat(known["held_until"]))
    return None if period is None or period.starts_at >= held.until else held


def _kept(held: Held | None) -> dict[str, str]:
    return {"held_tier": held.tier, "held_until": held.until.isoformat()} if held else {}


def _ends(said: SaidPlan, at_once: bool) -> bool:
    return said.status == "canceled" or (not at_once and said.ends_at is not None)


def _total(details: Any) -> int | None:
    total = details.totals.grand_total or details.totals.total if details else None
    return int(total) if total is not None else None


def _bill(one: Any) -> Bill:
    return Bill(
        ref=one.id,
        number=one.invoice_number or "",
        billed_at=one.billed_at,
        amount_minor=int(one.details.totals.grand_total),
        currency=one.currency_code.value,
        status=one.status.value,
    )
