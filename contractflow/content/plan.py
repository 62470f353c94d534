"""The payment plan: who pays how much when. It is part of the signed content and sums to the total."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from contractflow.errors import Invalid
from contractflow.money import LARGEST_MINOR, currency_of, format_money

MOST_ROWS = 60
LONGEST_LABEL = 120
LONGEST_DUE_DAYS = 365

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class Kind(StrEnum):
    DEPOSIT = "deposit"
    MILESTONE = "milestone"
    INSTALLMENT = "installment"
    RETAINER = "retainer"
    FINAL = "final"
    ONE_OFF = "one_off"


class On(StrEnum):
    """What makes the invoice of a row go out."""

    SIGNATURE = "signature"
    DATE = "date"
    MANUAL = "manual"


_BY_HAND = {Kind.MILESTONE: "When the milestone is reached", Kind.FINAL: "On completion"}


@dataclass(frozen=True)
class PlanRow:
    """`key` names the row for ever (its invoice carries it); `date` is set exactly when `on` is DATE."""

    key: str
    kind: Kind
    label: str
    amount_minor: int
    on: On = On.SIGNATURE
    date: dt.date | None = None
    due_days: int = 14

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "date": self.date.isoformat() if self.date else None}

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> PlanRow:
        day = dt.date.fromisoformat(row["date"]) if row["date"] else None
        return cls(
            str(row["key"]),
            Kind(row["kind"]),
            str(row["label"]),
            int(row["amount_minor"]),
            On(row["on"]),
            day,
            int(row["due_days"]),
        )

    @property
    def when(self) -> str:
        """ "On signature", "On 1 March 2027", "On completion": what `terms` counts from."""
        if self.on is On.DATE and self.date:
            return f"On {self.date.day} {self.date:%B %Y}"
        if self.on is On.SIGNATURE:
            return "On signature"
        return _BY_HAND.get(self.kind, "When it falls due")

    @property
    def terms(self) -> str:
        if self.due_days == 0:
            return "on receipt"
        return f"within {self.due_days} day{'s' if self.due_days != 1 else ''}"


@dataclass(frozen=True)
class PaymentPlan:
    rows: tuple[PlanRow, ...] = ()

    @property
    def sum_minor(self) -> int:
        return sum(row.amount_minor for row in self.rows)


def check(plan: PaymentPlan, total_minor: int, currency: str) -> None:
    """Refuse a plan that cannot be invoiced or does not sum to the total. Raises Invalid.

    The error's `field` is "total", "payment_plan", or "payment_plan.<key>" for one row.
    """
    currency_of(currency)
    if not 0 <= total_minor <= LARGEST_MINOR:
        raise Invalid(
            f"The total must lie between {format_money(0, currency)} and {format_money(LARGEST_MINOR, currency)}.",
            "total",
        )
    if len(plan.rows) > MOST_ROWS:
        raise Invalid(f"A payment plan has at most {MOST_ROWS} payments.", "payment_plan")
    if len({row.key for row in plan.rows}) != len(plan.rows):
        raise Invalid("Two payments have the same key. Remove one and add it again.", "payment_plan")
    for row in plan.rows:
        _check_row(row)
    off = plan.sum_minor - total_minor
    if off:
        amounts = f"The payments come to {format_money(plan.sum_minor, currency)}"
        direction = "more" if off > 0 else "less"
        raise Invalid(
            f"{amounts}, {format_money(abs(off), currency)} {direction} than the total of {format_money(total_minor, currency)}.",
            "payment_plan",
        )


def deposit_and_final(total_minor: int, percent: int, due_days: int = 14) -> PaymentPlan:
    """`percent` on signature and the rest at the end; the rounding goes into the last row.

    A share of 0 or 100 leaves one payment. Raises Invalid for any other share outside 1–99.
    """
    if not 0 <= percent <= 100:
        raise Invalid("The deposit is a share between 0 and 100 percent.", "deposit_percent")
    if total_minor == 0:
        return PaymentPlan()
    first = total_minor * percent // 100
    if first == total_minor:
        return PaymentPlan(
            (PlanRow("payment", Kind.ONE_OFF, "Full amount", total_minor, On.SIGNATURE, None, due_days),)
        )
    final = PlanRow("final", Kind.FINAL, "Final payment", total_minor - first, On.MANUAL, None, due_days)
    if first == 0:
        return PaymentPlan((final,))
    return PaymentPlan(
        (PlanRow("deposit", Kind.DEPOSIT, "Deposit", first, On.SIGNATURE, None, due_days), final)
    )


def installments(total_minor: int, dates: Sequence[dt.date], due_days: int = 14) -> PaymentPlan:
    """Equal payments on `dates`; what does not divide goes into the last one."""
    if not dates:
        raise Invalid("Choose at least one date.", "payment_plan")
    each = total_minor // len(dates)
    amounts = [each] * (len(dates) - 1) + [total_minor - each * (len(dates) - 1)]
    return PaymentPlan(
        tuple(
            PlanRow(
                f"installment-{n}",
                Kind.INSTALLMENT,
                f"Payment {n} of {len(dates)}",
                amount,
                On.DATE,
                day,
                due_days,
            )
            for n, (amount, day) in enumerate(zip(amounts, dates, strict=True), start=1)
        )
    )


def _check_row(row: PlanRow) -> None:
    field = f"payment_plan.{row.key}"
    if not _KEY.fullmatch(row.key):
        raise Invalid("A payment has no valid key. Remove it and add it again.", "payment_plan")
    if not row.label.strip():
        raise Invalid("Give every payment a name, like “Deposit”.", field)
    if len(row.label) > LONGEST_LABEL:
        raise Invalid(f"The name of a payment has at most {LONGEST_LABEL} characters.", field)
    if row.amount_minor <= 0:
        raise Invalid(f"“{row.label}” needs an amount above zero.", field)
    if (row.on is On.DATE) != (row.date is not None):
        raise Invalid(f"“{row.label}” needs a date exactly when it is due on a date.", field)
    if not 0 <= row.due_days <= LONGEST_DUE_DAYS:
        raise Invalid(f"“{row.label}” is payable within 0 to {LONGEST_DUE_DAYS} days.", field)
