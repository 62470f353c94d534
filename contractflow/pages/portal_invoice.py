"""The portal's pay page: how much, by when, to which account; and one button for cards."""

import reflex as rx

from contractflow.components.buttons import link_button
from contractflow.components.copy_button import copy_button
from contractflow.components.empty import empty
from contractflow.components.icon import anchor
from contractflow.components.live_text import follow_as_client
from contractflow.components.notice import notice
from contractflow.components.pay_steps import pay_bar, report_dialog
from contractflow.components.pill import INVOICE, PAYMENT, pill
from contractflow.components.portal_shell import portal_frame
from contractflow.components.sections import facts, section
from contractflow.components.skeleton import loaded, skeleton_text
from contractflow.services.payments import BankLine, ReceiptRow
from contractflow.state.portal_invoice import PortalInvoiceState

page = PortalInvoiceState.page


@rx.page(
    route="/portal/invoices/[invoice_id]", title="Invoice · ContractFlow", on_load=PortalInvoiceState.load
)
def portal_invoice() -> rx.Component:
    return portal_frame(
        page.org,
        loaded(
            PortalInvoiceState.is_loaded,
            rx.cond(PortalInvoiceState.is_missing, _gone(), _invoice()),
            skeleton_text(3),
        ),
        logo=page.logo,
        about=page.heading,
        step=pay_bar(),
        human=rx.cond(page.contact, _human()),
    )


def _gone() -> rx.Component:
    words = "This page belongs to another invoice, or your visit has ended. Nothing was lost."
    return empty("lock", words, title="Open the link in your mail again")


def _human() -> rx.Component:
    mail = anchor(page.contact_email, href=f"mailto:{page.contact_email}")
    return rx.fragment("Questions? Write to ", page.contact, " at ", mail)


def _invoice() -> rx.Component:
    return rx.el.div(
        follow_as_client(document_id=page.document_id, on_change=PortalInvoiceState.load),
        _news(),
        _sum(),
        rx.cond(page.is_payable, rx.cond(page.bank, _transfer(), _no_bank())),
        rx.cond(page.payments, _payments()),
        _about(),
        report_dialog(),
        class_name="cf-stack cf-stack--wide",
    )


def _news() -> rx.Component:
    """What happened last, in one sentence."""
    waiting = notice(
        "info",
        "We are waiting to hear that your payment arrived",
        "If you paid, this takes a few seconds, and a receipt comes by mail. If you did not, press “Pay now” again: nothing is charged twice.",
    )
    told = notice(
        "good",
        f"You told {page.org} that the transfer is on its way",
        "There is nothing more to do. You get a receipt when it has arrived.",
    )
    problem = notice(
        "error",
        "The card page could not be opened",
        "Nothing was charged. Try again in a minute, or pay by bank transfer.",
    )
    return rx.fragment(
        rx.cond(PortalInvoiceState.has_problem & page.is_payable, problem),
        rx.cond(PortalInvoiceState.has_returned & page.is_payable, waiting, rx.cond(page.is_reported, told)),
        rx.cond(page.pill == "paid", notice("good", "Paid. Thank you", "This page is your receipt.")),
        rx.cond(page.pill == "void", notice("info", f"{page.org} has withdrawn this invoice", page.memo)),
    )


def _sum() -> rx.Component:
    return rx.el.div(
        rx.el.h1(page.amount, class_name="cf-sum__value"),
        rx.el.p(pill(INVOICE, page.pill), page.amount_words, class_name="cf-sum__words"),
        class_name="cf-sum",
    )


def _transfer() -> rx.Component:
    return section("Pay by bank transfer", rx.el.dl(rx.foreach(page.bank, _bank_line), class_name="cf-bank"))


def _bank_line(line: BankLine) -> rx.Component:
    return rx.el.div(
        rx.el.dt(line.label),
        rx.el.dd(line.value),
        rx.el.dd(copy_button(line.copied, line.label), class_name="cf-bank__copy"),
        class_name="cf-bank__line",
        key=line.label,
    )


def _no_bank() -> rx.Component:
    return notice(
        "info",
        "The bank details are not here yet",
        f"Ask {page.contact} at {page.contact_email}, and name {page.number} when you pay.",
    )


def _payments() -> rx.Component:
    return section("Payments", rx.el.div(rx.foreach(page.payments, _payment), class_name="cf-payments"))


def _payment(row: ReceiptRow) -> rx.Component:
    return rx.el.div(
        rx.el.span(row.how, rx.el.br(), rx.el.small(row.on, class_name="cf-muted")),
        pill(PAYMENT, row.pill),
        rx.el.span(row.amount, class_name="cf-payment__value"),
        class_name="cf-payment",
        key=row.id,
    )


def _about() -> rx.Component:
    contract = link_button(
        "Read the contract", f"/portal/documents/{page.document_id}", "file-text", look="secondary"
    )
    return section(
        "What this is for",
        facts(
            ("Invoice", page.number),
            ("For", page.label),
            ("Agreed in", page.source),
            ("Sent", page.issued.exact),
        ),
        rx.el.div(contract),
    )
