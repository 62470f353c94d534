"""One lead: what was asked on the left, who answers and what became of it on the right, the steps below."""

import reflex as rx

from contractflow.components.buttons import danger, primary, secondary
from contractflow.components.dialog import buttons, dialog, menu, menu_item
from contractflow.components.fields import form_error, select_field, text_area
from contractflow.components.icon import anchor, link
from contractflow.components.missing import loaded_or_missing
from contractflow.components.notice import notice
from contractflow.components.pill import LEAD, pill
from contractflow.components.refused import blocked_without
from contractflow.components.sections import facts, section
from contractflow.components.shell import member_page
from contractflow.components.timeline import timeline
from contractflow.permissions import Permission as P
from contractflow.services.leads import Answer
from contractflow.state.lead import LeadState

page = LeadState.page
row = page.row


def _convert() -> rx.Component:
    press = primary(
        "Create client and draft", "file-plus", on_click=LeadState.convert, **blocked_without(P.LEAD_WRITE)
    )
    return rx.cond(page.can_convert, press)


def _menu() -> rx.Component:
    qualify = rx.cond(page.can_qualify, menu_item("Qualify", LeadState.qualify))
    refuse = menu_item("Disqualify", LeadState.show_refusal(True), destroys=True)
    return rx.cond(page.can_disqualify, menu(secondary("More", "ellipsis"), qualify, refuse))


@member_page("/leads/[lead_id]", "Lead", heading=row.name, on_load=LeadState.load, needs=P.LEAD_READ, action=_convert, menu=_menu)  # fmt: skip
def lead() -> rx.Component:
    found = rx.fragment(_became(), _asked(), _about(), _steps(), _refusal())
    return loaded_or_missing(LeadState, "lead", "/leads", found)


def _became() -> rx.Component:
    made = rx.el.span(
        link(page.client, href=f"/clients/{page.client_id}"), " · ", link(page.document, href=f"/documents/{page.document_id}"),
    )  # fmt: skip
    known = "Its address is a contact of yours: the draft will be for that client."
    return rx.fragment(
        rx.cond(page.client_id, notice("good", "This lead became a client.", made)),
        rx.cond(page.known_client, notice("info", f"Known from {page.known_client}", known)),
        rx.cond(page.reason, notice("info", "Disqualified", page.reason)),
    )


def _asked() -> rx.Component:
    step = rx.fragment(
        rx.cond(page.can_contact, secondary("Mark contacted", "mail", on_click=LeadState.contact)),
        rx.cond(page.can_reopen, secondary("Reopen", "undo-2", on_click=LeadState.reopen)),
    )
    makes = "Create client and draft makes the client, a project, and a draft with these answers. The lead hears nothing of it."
    return section(
        "Message",
        rx.el.p(page.message, class_name="cf-said"),
        rx.el.dl(rx.foreach(page.answers, _answer), class_name="cf-facts"),
        rx.cond(page.can_convert, rx.el.p(makes, class_name="cf-muted cf-small")),
        action=step,
    )


def _answer(answer: Answer) -> rx.Component:
    return rx.el.div(
        rx.el.dt(answer.question), rx.el.dd(answer.answer), class_name="cf-facts__pair", key=answer.question
    )


def _about() -> rx.Component:
    mail = anchor(page.email, href=f"mailto:{page.email}")
    return section(
        "About",
        facts(
            ("Status", pill(LEAD, row.status)),
            ("First response", rx.el.span(row.answered)),
            ("Email", mail),
            ("Company", _or_dash(row.company)),
            ("Phone", _or_dash(page.phone)),
            ("Budget", _or_dash(row.budget)),
            ("Came by", _or_dash(page.source)),
            ("Arrived", rx.el.time(row.arrived.ago, title=row.arrived.exact)),
        ),
        _assignee(),
    )


def _or_dash(value: rx.Var[str]) -> rx.Var[str]:
    return rx.cond(value, value, "—")


def _assignee() -> rx.Component:
    return rx.el.div(
        select_field(
            "Assigned to",
            "assignee",
            page.members,
            every="Nobody",
            value=page.assignee_id,
            on_change=LeadState.assign,
            disabled=~page.can_assign,
            is_filter=True,
        ),
        class_name="cf-form--narrow",
    )


def _steps() -> rx.Component:
    return section("Timeline", timeline(page.days))


def _refusal() -> rx.Component:
    why = text_area("Reason", "reason", rows=3, error=LeadState.errors["reason"], max_length=500)
    return dialog(
        None,
        "Disqualify this lead?",
        rx.el.form(
            why,
            form_error(LeadState.errors["form"]),
            buttons(danger("Disqualify", type="submit")),
            on_submit=LeadState.disqualify,
            class_name="cf-stack",
            no_validate=True,
        ),
        words="Only your team reads why. You can reopen it later.",
        is_open=LeadState.is_refusing,
        on_open_change=LeadState.show_refusal,
    )
