"""Settings › Approvals: who has to approve what before it goes out."""

import reflex as rx

from contractflow.components.buttons import icon_button, link_button
from contractflow.components.dialog import confirm
from contractflow.components.empty import empty
from contractflow.components.fields import checkbox, select_field
from contractflow.components.icon import link
from contractflow.components.notice import notice
from contractflow.components.pill import hued_pill
from contractflow.components.refused import save_or_why
from contractflow.components.sections import section
from contractflow.components.settings_shell import settings_page
from contractflow.components.skeleton import loaded
from contractflow.services.approval_policies import PolicyRow, Tried
from contractflow.state.approval_policies import ApprovalPoliciesState as State

page, preview = State.page, State.preview


@settings_page("/settings/approvals", "Approvals", on_load=State.load)
def approval_policies() -> rx.Component:
    return loaded(State.is_loaded, rx.fragment(_policies(), _everything_else(), _try()))


def _policies() -> rx.Component:
    words = "The first policy whose rules all hold is the document's. What is under review keeps the steps it began with."
    add = link_button("Add policy", "/settings/approvals/new", "plus", look="secondary")
    return section(
        "Policies",
        rx.el.p(words, class_name="cf-muted"),
        rx.cond(
            page.rows,
            rx.el.ol(rx.foreach(page.rows, _policy), class_name="cf-policies"),
            empty("list-checks", "No policies yet. One approval of an admin or the owner is enough."),
        ),
        rx.cond(page.why_not, rx.el.p(page.why_not, class_name="cf-muted cf-small")),
        action=rx.cond(page.why_not, rx.fragment(), add),
    )


def _policy(row: PolicyRow) -> rx.Component:
    every = rx.el.p("Every document", class_name="cf-muted")
    return rx.el.li(
        rx.el.div(
            link(row.name, href=f"/settings/approvals/{row.id}", class_name="cf-strong"),
            rx.cond(page.why_not, rx.fragment(), _tools(row)),
            class_name="cf-line cf-line--apart",
        ),
        rx.cond(row.rules, rx.el.p(row.rules, class_name="cf-muted"), every),
        rx.el.ol(
            rx.foreach(row.steps, lambda words: rx.el.li(words, key=words)), class_name="cf-policy__steps"
        ),
        rx.el.p(row.reminders, class_name="cf-muted cf-small"),
        key=row.id,
        class_name="cf-card cf-stack cf-stack--tight",
    )


def _tools(row: PolicyRow) -> rx.Component:
    remove = confirm(
        icon_button("trash-2", f"Remove {row.name}"),
        "Remove this policy?",
        "New submissions no longer ask by it. What is under review keeps its steps.",
        "Remove",
        State.remove(row.id),
        destroys=True,
    )
    return rx.el.div(
        icon_button(
            "arrow-up", f"Move {row.name} up", blocked=row.is_first, on_click=State.shift(row.id, True)
        ),
        icon_button(
            "arrow-down", f"Move {row.name} down", blocked=row.is_last, on_click=State.shift(row.id, False)
        ),
        remove,
        class_name="cf-line",
    )


def _everything_else() -> rx.Component:
    return section(
        "Everything else",
        rx.el.form(
            checkbox(
                "A document that no policy names needs an approval before it goes out",
                "approval_required",
                help="An admin or the owner approves exactly the version that is sent; nobody approves their own.",
                default_checked=page.approval_required,
                disabled=page.why_not != "",
            ),
            save_or_why(page.why_not),
            on_submit=State.save_default,
            class_name="cf-form cf-form--narrow",
            key=f"{page.approval_required}",
        ),
    )


def _try() -> rx.Component:
    return section(
        "Try it",
        rx.el.div(
            select_field(
                "Which policy would this document get?",
                "document",
                page.documents,
                nothing="Choose a document …",
                default_value="",
                required=False,
                is_filter=True,
                on_change=State.try_document,
            ),
            rx.cond(preview.document, _found()),
            class_name="cf-form cf-form--narrow",
        ),
    )


def _found() -> rx.Component:
    steps = rx.el.ol(
        rx.foreach(preview.steps, lambda words: rx.el.li(words, key=words)), class_name="cf-policy__steps"
    )
    return rx.el.div(
        notice("info", f"“{preview.chosen}”", rx.fragment(rx.el.p(preview.why), steps)),
        rx.foreach(preview.tried, _tried),
        class_name="cf-stack cf-stack--tight",
        role="status",
    )


def _tried(row: Tried) -> rx.Component:
    later = rx.cond(
        row.holds,
        hued_pill("Comes later", "circle-dashed", "slate"),
        hued_pill("Does not hold", "x", "slate"),
    )
    return rx.el.div(
        rx.el.div(
            rx.el.span(row.name, class_name="cf-strong"),
            rx.cond(row.is_chosen, hued_pill("This one", "check", "grass"), later),
            class_name="cf-line cf-line--apart",
        ),
        rx.foreach(row.rules, lambda words: rx.el.p(words, key=words, class_name="cf-muted cf-small")),
        key=row.name,
    )
