"""The two questions an invoice asks: what arrived, and why it is taken back."""

import reflex as rx

from contractflow.components.buttons import danger, primary
from contractflow.components.dialog import buttons, dialog
from contractflow.components.fields import date_field, form_error, money_field, text_area, text_field
from contractflow.state.invoice import InvoiceState

page = InvoiceState.page
errors = InvoiceState.errors


def record_dialog() -> rx.Component:
    return dialog(
        None,
        "Record payment",
        rx.el.form(
            *_arrived(),
            form_error(errors["form"]),
            buttons(primary("Record payment", "landmark", type="submit")),
            on_submit=InvoiceState.record,
            class_name="cf-form",
            no_validate=True,
        ),
        words=f"{page.heading}, {page.client}. A part of the amount is fine.",
        is_open=InvoiceState.dialog == "record",
        on_open_change=InvoiceState.show(""),
    )


def _arrived() -> list[rx.Component]:
    amount = {"value": page.open_amount, "key": page.open_amount}  # what is open now, whenever that changes
    day = {"value": page.today, "max": page.today}
    return [
        money_field("Amount", "amount", page.currency, error=errors["amount"], **amount),
        date_field("Received on", "received_on", error=errors["received_on"], **day),
        text_field(
            "Reference",
            "reference",
            required=False,
            error=errors["reference"],
            max_length=140,
            help="What your bank statement says; the receipt does not show it.",
        ),
    ]


def void_dialog() -> rx.Component:
    return dialog(
        None,
        f"Void {page.heading}?",
        rx.el.form(
            text_area("Why", "reason", error=errors["reason"], max_length=500),
            form_error(errors["form"]),
            buttons(danger("Void", "ban", type="submit")),
            on_submit=InvoiceState.void,
            class_name="cf-form",
            no_validate=True,
        ),
        words="It keeps its number and asks for nothing. The client gets a mail with your reason.",
        is_open=InvoiceState.dialog == "void",
        on_open_change=InvoiceState.show(""),
    )
