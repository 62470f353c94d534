"""The portal: read, agree, prove the address, sign; afterwards download and pay. No account."""

import reflex as rx

from contractflow.components.buttons import link_button
from contractflow.components.empty import empty
from contractflow.components.icon import anchor
from contractflow.components.live_text import follow_as_client
from contractflow.components.portal_comments import about_block, about_document
from contractflow.components.portal_endings import closed, decline_dialog
from contractflow.components.portal_shell import portal_frame
from contractflow.components.portal_steps import step_bar, step_form
from contractflow.components.sections import facts, section
from contractflow.components.skeleton import loaded, skeleton_text
from contractflow.services.documents.page import PlanLine
from contractflow.services.portal.page import PortalBlock
from contractflow.state.portal import PortalState
from contractflow.state.portal_comments import PortalCommentsState

page = PortalState.page


@rx.page(
    route="/portal/documents/[document_id]",
    title="Document · ContractFlow",
    on_load=[PortalState.load, PortalCommentsState.load],
)
def portal_document() -> rx.Component:
    return portal_frame(
        page.org,
        loaded(
            PortalState.is_loaded, rx.cond(PortalState.is_missing, _gone(), _document()), skeleton_text(6)
        ),
        logo=page.logo,
        about=page.title,
        step=rx.cond(PortalState.is_loaded & ~PortalState.is_missing, step_bar()),
        human=rx.cond(
            page.sender,
            rx.fragment(
                "Questions? Write to ",
                page.sender,
                " at ",
                anchor(page.sender_email, href=f"mailto:{page.sender_email}"),
            ),
        ),
    )


def _gone() -> rx.Component:
    words = "This page belongs to another document, or your visit has ended. Nothing was lost."
    return empty("lock", words, title="Open the link in your mail again")


def _document() -> rx.Component:
    return rx.el.div(
        rx.cond(page.step == "closed", closed()),
        rx.cond((page.step == "done") | (page.step == "pay") | (page.step == "wait"), _signed()),
        rx.cond(page.blocks, rx.fragment(_paper(), about_document())),
        step_form(),
        rx.cond(
            page.id,
            follow_as_client(document_id=page.id, on_change=[PortalState.load, PortalCommentsState.load]),
        ),
        decline_dialog(),
        class_name="cf-stack cf-stack--wide",
    )


def _paper() -> rx.Component:
    return rx.el.article(
        rx.el.h1(page.title, class_name="cf-paper__title"),
        rx.foreach(page.blocks, _block),
        rx.cond(page.plan, rx.el.div(rx.el.h2("Payment plan"), _plan(), class_name="cf-text")),
        class_name="cf-paper",
        id="contract",
        aria_label="Contract text",
    )


def _block(block: PortalBlock) -> rx.Component:
    return rx.el.div(
        rx.html(block.html, class_name="cf-text"), about_block(block), class_name="cf-read", key=block.id
    )


def _plan() -> rx.Component:
    return rx.el.table(
        rx.el.tbody(
            rx.foreach(page.plan, _payment), rx.el.tr(rx.el.th("Total"), rx.el.td(), rx.el.th(page.total))
        )
    )


def _payment(row: PlanLine) -> rx.Component:
    return rx.el.tr(rx.el.td(row.label), rx.el.td(row.due), rx.el.td(row.amount), key=row.label)


def _signed() -> rx.Component:
    return section(
        rx.match(
            page.step,
            ("wait", "You have signed"),
            ("pay", "Signed. One step is left: the payment"),
            "Everything is done",
        ),
        facts(
            ("Signed", page.signed.exact),
            ("Document", page.number),
            ("Fingerprint", rx.el.code(page.sha256, class_name="cf-code")),
        ),
        rx.cond(page.step == "wait", _others(), rx.cond(page.is_sealed, _sealed(), _being_sealed())),
        rx.foreach(page.invoices, _invoice),
    )


def _others() -> rx.Component:
    return rx.el.p("Others still have to sign. You get the sealed PDF by mail when they have.")


def _being_sealed() -> rx.Component:
    return rx.el.p("The sealed PDF is being made; you get it by mail in a minute.", class_name="cf-muted")


def _sealed() -> rx.Component:
    href, check = f"/api/documents/{page.id}/pdf", f"/verify/{page.verify_code}"
    return rx.fragment(
        link_button("Download the signed PDF", href, "download", look="secondary", native=True),
        link_button("Check that it is genuine", check, "shield-check", look="quiet"),
    )


def _invoice(row) -> rx.Component:
    return rx.el.div(
        rx.el.span(
            row.number, " · ", row.label, rx.el.br(), rx.el.small("Due ", row.due, class_name="cf-muted")
        ),
        rx.el.span(row.amount, class_name="cf-value"),
        rx.cond(
            (row.status == "open") | (row.status == "partially_paid"),
            link_button("Pay", f"/portal/invoices/{row.id}"),
        ),
        class_name="cf-line cf-line--apart",
        key=row.id,
    )
