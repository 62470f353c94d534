"""The review beside the text: its steps, who decided, who is waited for since when, and what can be done about it."""

import reflex as rx

from contractflow.components.buttons import quiet, secondary
from contractflow.components.pill import APPROVAL, Look, pill
from contractflow.components.sections import section
from contractflow.services.documents.review_rows import ApproverRow, StepRow
from contractflow.state.document import DocumentState
from contractflow.state.review import ReviewState

page = DocumentState.page
review = page.review

# fmt: off
APPROVAL_STEP = {
    "met":               Look("Approved",          "check",          "grass"),
    "open":              Look("Waiting",           "clock",          "violet"),
    "blocked":           Look("Blocked",           "circle-alert",   "red"),
    "later":             Look("Later",             "circle-dashed",  "slate"),
    "ended":             Look("Ended",             "circle-slash",   "slate"),
}
# fmt: on


def review_section() -> rx.Component:
    """Before anybody was asked: who would be. Nothing where one approval of anybody is all there is to say."""
    shown = section(
        "Review",
        rx.cond(review.overridden, rx.el.p(review.overridden, class_name="cf-small")),
        rx.cond(review.policy, _policy()),
        rx.foreach(review.steps, _step),
        _blocked(),
        rx.cond(review.plan, rx.el.p(review.plan, class_name="cf-muted cf-small")),
        action=rx.cond(review.can_remind, quiet("Remind now", "bell", on_click=ReviewState.remind)),
    )
    return rx.cond(review.has_steps | (review.plan != ""), shown)


def _policy() -> rx.Component:
    return rx.el.p(f"“{review.policy}”: ", review.why, class_name="cf-muted cf-small")


def _step(step: StepRow) -> rx.Component:
    several = review.is_several
    head = rx.el.div(
        rx.el.span(rx.cond(several, f"{step.number}. {step.name}", step.name), class_name="cf-strong"),
        pill(APPROVAL_STEP, step.state),
        class_name="cf-line cf-line--apart",
    )
    return rx.el.div(
        rx.cond(several | (step.state == "blocked"), head),
        rx.cond(
            several | step.is_several | (step.state == "blocked"),
            rx.el.p(step.words, class_name="cf-muted cf-small"),
        ),
        rx.foreach(step.people, _person),
        key=step.number,
        class_name="cf-stack cf-stack--tight",
    )


def _person(row: ApproverRow) -> rx.Component:
    word = rx.match(
        row.decision,
        ("approved", pill(APPROVAL, "approved")),
        ("changes_requested", pill(APPROVAL, "changes_requested")),
        pill(APPROVAL, "pending"),
    )
    words = rx.cond(row.instead, f"{row.since}, {row.instead}", row.since)
    name = rx.el.span(
        rx.el.span(row.name, class_name="cf-clip"),
        rx.el.small(words, class_name="cf-muted", title=row.tip),
        rx.cond(row.can_pass_on, _hand_on(row)),
        class_name="cf-people",
    )
    return rx.el.div(name, word, class_name="cf-line cf-line--apart", key=row.id)


def _hand_on(row: ApproverRow) -> rx.Component:
    label = rx.cond(row.is_mine, "Pass on", "Ask somebody else")
    return quiet(
        label,
        on_click=ReviewState.show_reassign(row.id),
        aria_label=rx.cond(row.is_mine, "Pass your approval on", f"Ask somebody else than {row.name}"),
        class_name="cf-button--line",
    )


def _blocked() -> rx.Component:
    """An approval is never stuck: whoever can go on has the button here."""
    ask = secondary("Ask somebody else", "user-plus", on_click=DocumentState.open_dialog("ask_another"))
    override = secondary(
        "Override the approval", "shield-alert", on_click=DocumentState.open_dialog("override")
    )
    ways = rx.el.div(
        rx.cond(review.can_ask_another, ask),
        rx.cond(review.can_override, override),
        class_name="cf-line cf-line--wrap",
    )
    return rx.cond(review.is_blocked & (review.can_ask_another | review.can_override), ways)
