"""One invoice: what is owed and why, what came in, and what can be done about it."""

import reflex as rx

from contractflow.components.buttons import icon_button, primary
from contractflow.components.dialog import menu, menu_item
from contractflow.components.icon import link
from contractflow.components.invoice_dialogs import record_dialog, void_dialog
from contractflow.components.invoice_news import news
from contractflow.components.live_text import follow_document
from contractflow.components.missing import loaded_or_missing
from contractflow.components.pill import INVOICE, PAYMENT, pill
from contractflow.components.sections import facts, section
from contractflow.components.shell import member_page
from contractflow.components.table import cell, name_cell, table, table_row, value_cell
from contractflow.services.invoices import PaymentRow
from contractflow.state.invoice import InvoiceState

page = InvoiceState.page


def _action() -> rx.Component:
    """The one next thing: send a scheduled invoice, or record what came in for an open one."""
    record = primary(
        "Record payment",
        "landmark",
        on_click=InvoiceState.show("record"),
        blocked=~page.can_record,
        why=page.why_not_record,
    )
    issue = primary(
        "Issue now",
        "send",
        on_click=InvoiceState.issue_now,
        blocked=~page.can_issue,
        why=page.why_not_issue,
    )
    return rx.match(
        page.pill,
        ("scheduled", issue),
        ("paid", rx.fragment()),
        ("void", rx.fragment()),
        ("", rx.fragment()),
        record,
    )


def _menu() -> rx.Component:
    """What else can be done; without any of it there is no menu."""
    turn_off = menu_item("Turn reminders off", InvoiceState.switch_reminders(False))
    turn_on = menu_item("Turn reminders on", InvoiceState.switch_reminders(True))
    could = page.reminders
    items = (
        rx.cond(could.can_send, menu_item("Send reminder", InvoiceState.remind)),
        rx.cond(could.can_switch, rx.cond(could.is_on, turn_off, turn_on)),
        rx.cond(page.can_void, menu_item("Void", InvoiceState.show("void"), destroys=True)),
    )
    some = could.can_send | could.can_switch | page.can_void
    return rx.cond(some, menu(icon_button("ellipsis", "More"), *items))


@member_page(
    "/invoices/[invoice_id]",
    "Invoice",
    heading=page.heading,
    on_load=InvoiceState.load,
    action=_action,
    menu=_menu,
)
def invoice() -> rx.Component:
    found = rx.el.div(
        follow_document(document_id=page.document_id, on_change=InvoiceState.load),
        news(),
        _sum(),
        _about(),
        _payments(),
        record_dialog(),
        void_dialog(),
        class_name="cf-stack cf-stack--wide",
    )
    return loaded_or_missing(InvoiceState, "invoice", "/invoices", found)


def _sum() -> rx.Component:
    return rx.el.div(
        rx.el.p(page.amount, class_name="cf-sum__value"),
        rx.el.p(pill(INVOICE, page.pill), page.amount_words, class_name="cf-sum__words"),
        class_name="cf-sum",
    )


def _about() -> rx.Component:
    return section(
        "What it is for",
        facts(
            ("Client", link(page.client, href=f"/clients/{page.client_id}")),
            ("Document", link(page.document, href=f"/documents/{page.document_id}")),
            ("Payment", page.label),
            ("Agreed in", page.source),
            ("Sent", rx.cond(page.issued.exact, page.issued.exact, page.goes_out)),
            ("Reminders", rx.el.span(page.reminders.words, title=page.reminders.why_not_send)),
        ),
    )


def _payments() -> rx.Component:
    headings = ("Payment", "Status", ("Reference", "wide"), ("Day", "wide"), ("Amount", "value"))
    nothing = rx.el.p("Nothing has been paid on this invoice yet.", class_name="cf-muted")
    return section(
        "Payments", rx.cond(page.payments, table("Payments", headings, page.payments, _payment), nothing)
    )


def _payment(row: PaymentRow) -> rx.Component:
    return table_row(
        name_cell(
            rx.fragment(row.how, rx.cond(row.note, rx.el.span(" · ", row.note, class_name="cf-muted")))
        ),
        cell(pill(PAYMENT, row.pill)),
        cell(row.reference, wide=True),
        cell(row.on, wide=True),
        value_cell(row.amount),
        key=row.id,
    )
