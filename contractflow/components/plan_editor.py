"""The payment plan while a document is being set up: rows, and whether they add up."""

import reflex as rx

from contractflow.components.buttons import icon_button, quiet, secondary
from contractflow.components.field_error import field_error
from contractflow.components.fields import money_field, select_field
from contractflow.components.icon import icon
from contractflow.content.typed_plan import TypedRow
from contractflow.money import CURRENCIES
from contractflow.state.new_document import NewDocumentState as State

WHEN = [("signature", "On signature"), ("date", "On a date"), ("manual", "At a milestone")]
SPLITS = (("All on signature", 100), ("30 % deposit", 30), ("50 % deposit", 50))


def plan_editor() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            select_field(
                "Currency",
                "currency",
                [(code, code) for code in CURRENCIES],
                value=State.currency,
                on_change=State.choose_currency,
            ),
            money_field(
                "Total",
                "total",
                State.currency,
                error=State.errors["total"],
                value=State.total,
                on_blur=State.price,
                placeholder="12,000.00",
            ),
            class_name="cf-columns",
        ),
        rx.cond(State.plan, _rows()),
        class_name="cf-stack",
    )


def _rows() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            *[secondary(words, on_click=State.split(percent)) for words, percent in SPLITS],
            class_name="cf-line cf-line--wrap",
        ),
        rx.el.div(
            rx.foreach(State.plan, _row), class_name="cf-plan", role="group", aria_label="Payment plan"
        ),
        rx.el.div(
            quiet("Add payment", "plus", on_click=State.add_row, repeats=True),
            _balance(),
            class_name="cf-line cf-line--apart",
        ),
        rx.cond(
            State.errors["payment_plan"],
            field_error(State.errors["payment_plan"], "payment_plan-error"),
        ),
        class_name="cf-stack cf-stack--tight",
    )


def _row(row: TypedRow) -> rx.Component:
    return rx.el.div(
        _cell("Payment", row, "label", row.label),
        _cell("Amount", row, "amount", row.amount, input_mode="decimal"),
        rx.el.select(
            *[rx.el.option(words, value=value) for value, words in WHEN],
            value=row.on,
            on_change=lambda value: State.change_row(row.key, "on", value),
            aria_label="When it is due",
            class_name="cf-input",
        ),
        rx.cond(
            row.on == "date",
            _cell("Date", row, "date", row.date, type="date", class_name="cf-input cf-plan__date"),
        ),
        icon_button("x", "Remove this payment", on_click=State.remove_row(row.key)),
        rx.cond(
            State.errors[f"payment_plan.{row.key}"],
            field_error(State.errors[f"payment_plan.{row.key}"], f"payment_plan-{row.key}-error"),
        ),
        key=row.key,
        class_name="cf-plan__row",
    )


def _cell(label: str, row: TypedRow, name: str, value: str, **props: str) -> rx.Component:
    """Uncontrolled, so that typing never waits for the server; the row is told when the field is left."""
    return rx.el.input(
        default_value=value,
        on_blur=lambda typed: State.change_row(row.key, name, typed),
        aria_label=label,
        key=f"{row.key}-{name}-{value}",
        **{"class_name": "cf-input"} | props,
    )


def _balance() -> rx.Component:
    return rx.el.span(
        rx.cond(State.balance.is_even, icon("circle-check"), icon("circle-alert")),
        State.balance.words,
        class_name=rx.cond(State.balance.is_even, "cf-balance cf-balance--even", "cf-balance"),
        role="status",
    )
