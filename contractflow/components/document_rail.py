"""Beside the text: what happens next, the AI, review, signers, the plan, and the timeline."""

import reflex as rx

from contractflow.components.buttons import quiet
from contractflow.components.comments import comments_section
from contractflow.components.draft_section import draft_section
from contractflow.components.icon import link
from contractflow.components.pill import APPROVAL, DOCUMENT, INVOICE, SIGNER, hued_pill, pill
from contractflow.components.review_rail import review_section
from contractflow.components.sections import facts, section
from contractflow.components.timeline import timeline
from contractflow.components.writing_rail import variables
from contractflow.services.documents.page import PlanLine, SignerRow
from contractflow.services.invoices import InvoiceRow
from contractflow.state.document import DocumentState
from contractflow.state.review import ReviewState

page = DocumentState.page


def rail() -> rx.Component:
    return rx.el.aside(
        _standing(),
        draft_section(),
        variables(),
        review_section(),
        comments_section(),
        section("Signers", rx.foreach(page.signers, _signer)),
        _money(),
        section("Timeline", timeline(DocumentState.days)),
        class_name="cf-document__rail cf-stack",
        aria_label="About this document",
        tab_index=0,  # it scrolls by itself, so the keyboard has to reach it
    )


def next_line() -> rx.Component:
    """Where there is no room for the rail beside the paper: what happens next stands above it."""
    return rx.el.div(*_next(), class_name="cf-document__next")


def _next() -> tuple[rx.Component, ...]:
    pills = rx.el.div(
        pill(DOCUMENT, page.status),
        rx.cond(page.approval_status != "none", pill(APPROVAL, page.approval_status)),
        class_name="cf-line",
    )
    why = rx.cond(page.closed_reason, rx.el.blockquote(page.closed_reason))
    return pills, rx.el.p(page.next_step, class_name="cf-next", role="status"), why


def _standing() -> rx.Component:
    return rx.el.div(
        *_next(),
        rx.cond(page.place.parent_id, _change_order()),
        facts(
            ("Number", page.number),
            ("Client", link(page.client, href=f"/clients/{page.client_id}")),
            ("Project", rx.cond(page.place.project_id, _project(), "—")),
            ("Total", page.total),
            ("Version", _version()),
            ("Owner", page.owner),
        ),
        class_name="cf-stack cf-stack--tight",
    )


def _change_order() -> rx.Component:
    parent = link(page.place.parent, href=f"/documents/{page.place.parent_id}")
    return rx.el.p("Change order to ", parent, class_name="cf-small")


def _project() -> rx.Component:
    return link(page.place.project, href=f"/projects/{page.place.project_id}")


def _version() -> rx.Component:
    """With the way to what changed, once there is something to compare."""
    compare = link("Compare", href=f"/documents/{page.id}/compare")
    return rx.cond(page.version == "1", page.version, rx.fragment(page.version, " · ", compare))


def _signer(row: SignerRow) -> rx.Component:
    line = rx.el.div(
        rx.el.span(
            rx.el.span(row.name, class_name="cf-clip"),
            rx.el.small(row.email, class_name="cf-muted cf-clip"),
            class_name="cf-people",
        ),
        pill(SIGNER, row.status),
        class_name="cf-line cf-line--apart",
        title=row.at.tip,
    )
    return rx.el.div(line, rx.cond(row.returned, _returned(row)), key=row.id)


def _returned(row: SignerRow) -> rx.Component:
    """Their mail came back: nobody waits for a signature in vain."""
    again = quiet("It works now, send again", "send", on_click=ReviewState.mail_again(row.id))
    return rx.el.div(
        hued_pill("Mail came back", "mail-x", "red"),
        rx.el.small(row.returned, class_name="cf-muted cf-wrap"),
        rx.cond(row.can_send_again, again),
        class_name="cf-returned",
    )


def _money() -> rx.Component:
    """The plan, until its invoices take its place."""
    plan = rx.cond(page.plan, section("Payment plan", rx.foreach(page.plan, _payment)))
    made = section("Invoices", rx.foreach(DocumentState.invoices, _invoice))
    return rx.cond(DocumentState.invoices, made, plan)


def _invoice(row: InvoiceRow) -> rx.Component:
    return rx.el.div(
        rx.el.span(
            link(row.label, href=f"/invoices/{row.id}"),
            rx.el.br(),
            rx.el.small(row.due, class_name="cf-muted"),
        ),
        rx.el.span(row.total, rx.el.br(), pill(INVOICE, row.pill), class_name="cf-payment__value"),
        class_name="cf-line cf-line--apart",
        key=row.id,
    )


def _payment(row: PlanLine) -> rx.Component:
    return rx.el.div(
        rx.el.span(row.label, rx.el.br(), rx.el.small(row.due, class_name="cf-muted")),
        rx.el.span(row.amount, class_name="cf-value"),
        class_name="cf-line cf-line--apart",
        key=row.label,
    )
