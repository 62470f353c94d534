"""What somebody has to do about an invoice, before its facts."""

import reflex as rx

from contractflow.components.buttons import link_button
from contractflow.components.notice import notice
from contractflow.state.invoice import InvoiceState

page = InvoiceState.page
WORKS_AGAIN = "Ask the client. When the address works again, say so under Signers of the document: an invoice they missed is sent once more."


def news() -> rx.Component:
    return rx.fragment(
        rx.cond(page.reported, _on_its_way()),
        rx.cond(page.reminders.returned_to, _returned()),
        rx.cond(~page.has_bank_details & (page.pill != "paid") & (page.pill != "void"), _no_bank_details()),
        rx.cond(page.memo, notice("info", "This invoice is void", page.memo)),
    )


def _on_its_way() -> rx.Component:
    return notice(
        "info",
        f"{page.client} says that {page.reported} is on its way",
        "Look at your account, then record the payment; the client gets a receipt.",
    )


def _returned() -> rx.Component:
    """Nobody waits for the money of a client who never saw the invoice."""
    return notice(
        "warning",
        f"Mails to {page.reminders.returned_to} come back",
        rx.fragment(rx.el.p(WORKS_AGAIN), rx.el.p(page.reminders.returned_why, class_name="cf-wrap")),
        link_button("Open document", f"/documents/{page.document_id}", look="secondary"),
    )


def _no_bank_details() -> rx.Component:
    return notice(
        "warning",
        "Your client cannot see where to send the money",
        "Add the bank details once; they appear on every invoice.",
        link_button("Add bank details", "/settings/payments", look="secondary"),
    )
