"""What a client does about an invoice: the bar with the one next step, and the word that a transfer is on its way."""

import reflex as rx

from contractflow.components.buttons import primary, quiet
from contractflow.components.dialog import buttons, dialog
from contractflow.components.fields import form_error, text_field
from contractflow.components.portal_shell import next_step
from contractflow.state.portal_invoice import PortalInvoiceState

page = PortalInvoiceState.page
SENT = "I've sent the transfer"


def pay_bar() -> rx.Component:
    """Nothing once a transfer is on its way. Back from the checkout nobody knows yet: *Pay now* opens the same one, paid or not."""
    tell = PortalInvoiceState.show_report(True)
    by_card = next_step(
        _due(),
        quiet(SENT, on_click=tell),
        primary("Pay now", "credit-card", on_click=PortalInvoiceState.pay_now),
    )
    by_transfer = next_step(_due(), primary(SENT, "check", on_click=tell))
    is_next = page.is_payable & ~page.is_reported
    return rx.cond(is_next, rx.cond(page.takes_cards, by_card, rx.cond(page.bank, by_transfer)))


def report_dialog() -> rx.Component:
    return dialog(
        None,
        "Is your transfer on its way?",
        rx.el.form(
            text_field(
                "Note",
                "note",
                required=False,
                error=PortalInvoiceState.errors["note"],
                max_length=500,
                placeholder="From which account, or when",
            ),
            form_error(PortalInvoiceState.errors["form"]),
            buttons(primary(SENT, type="submit")),
            on_submit=PortalInvoiceState.report,
            class_name="cf-form",
            no_validate=True,
        ),
        words=f"{page.org} looks out for it and sends you a receipt.",
        is_open=PortalInvoiceState.is_reporting,
        on_open_change=PortalInvoiceState.show_report,
    )


def _due() -> rx.Component:
    return rx.fragment(rx.el.strong(page.amount), " · due ", page.due)
