"""A payment plan while it is being typed: words in, a plan or a sentence about what is missing out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from contractflow.content.plan import Kind, On, PaymentPlan, PlanRow, deposit_and_final
from contractflow.errors import Invalid
from contractflow.money import format_amount, format_money, parse_money

MOST_TYPED = 24


@dataclass(frozen=True)
class TypedRow:
    """One payment as it stands in the form; `on` is signature, date or manual, `date` an ISO date."""

    key: str
    label: str
    amount: str
    on: str = On.SIGNATURE
    date: str = ""


@dataclass(frozen=True)
class Balance:
    """Whether the payments sum to the total, and the sentence that says so or by how much they are off."""

    words: str
    is_even: bool


def read(rows: Sequence[TypedRow], currency: str) -> PaymentPlan:
    """The plan as typed. Raises Invalid whose field is "payment_plan.<key>"."""
    if len(rows) > MOST_TYPED:
        raise Invalid(f"At most {MOST_TYPED} payments.", "payment_plan")
    last = len(rows) - 1
    return PaymentPlan(tuple(_row(row, number, last, currency) for number, row in enumerate(rows)))


def suggest(total: str, currency: str, percent: int) -> list[TypedRow]:
    """`percent` as a deposit and the rest at the end, ready to be changed; nothing while the total is half typed."""
    try:
        plan = deposit_and_final(parse_money(total, currency, field="total"), percent)
    except Invalid:
        return []
    return [
        TypedRow(row.key, row.label, format_amount(row.amount_minor, currency), row.on) for row in plan.rows
    ]


def balance(rows: Sequence[TypedRow], total: str, currency: str) -> Balance:
    """Compare the payments with the total without ever failing: half-typed amounts are said, not refused."""
    try:
        wanted = parse_money(total, currency, field="total")
    except Invalid:
        return Balance("Enter the total first.", False)
    try:
        off = read(rows, currency).sum_minor - wanted
    except Invalid as unfinished:
        return Balance(unfinished.message, False)
    if off:
        return Balance(
            f"{format_money(abs(off), currency)} {'too much' if off > 0 else 'still to plan'}", False
        )
    return Balance(f"Adds up to {format_money(wanted, currency)}", True)


def _row(row: TypedRow, number: int, last: int, currency: str) -> PlanRow:
    field = f"payment_plan.{row.key}"
    if row.on not in set(On):
        raise Invalid("Choose when this payment is due.", field)
    amount = parse_money(row.amount, currency, field=field)
    return PlanRow(
        row.key, _kind(row, number, last), row.label.strip(), amount, On(row.on), _date(row, field)
    )


def _date(row: TypedRow, field: str) -> dt.date | None:
    if row.on != On.DATE:
        return None
    try:
        return dt.date.fromisoformat(row.date)
    except ValueError:
        raise Invalid(f"Choose the date of “{row.label}”.", field) from None


def _kind(row: TypedRow, number: int, last: int) -> Kind:
    """The first payment of several is the deposit, the last the final one; between lie milestones or dates."""
    if last == 0:
        return Kind.ONE_OFF
    if number == 0 and row.on == On.SIGNATURE:
        return Kind.DEPOSIT
    if number == last:
        return Kind.FINAL
    return Kind.INSTALLMENT if row.on == On.DATE else Kind.MILESTONE
