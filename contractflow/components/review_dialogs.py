"""What is asked before an approval changes hands, or is overridden."""

import reflex as rx

from contractflow.components.buttons import primary
from contractflow.components.dialog import buttons, dialog
from contractflow.components.fields import form_error, select_field, text_area
from contractflow.components.notice import notice
from contractflow.state.document import DocumentState
from contractflow.state.review import ReviewState

page = DocumentState.page
review = page.review
errors = ReviewState.errors


def review_dialogs() -> rx.Component:
    return rx.fragment(_pass_on(), _ask_another(), _override())


def _pass_on() -> rx.Component:
    return _dialog(
        "pass_on", "Ask somebody else", ReviewState.reassign, "They get a mail, and answer instead."
    )


def _ask_another() -> rx.Component:
    words = "Too few people are left in this step. Whoever you choose gets a mail, and can approve."
    return _dialog("ask_another", "Ask one more", ReviewState.ask_another, words)


def _dialog(name: str, title: str, on_submit: rx.EventHandler, words: str) -> rx.Component:
    form = rx.el.form(
        select_field(
            "Who approves", "to", review.candidates, nothing="Choose …", value="", error=errors["to"]
        ),
        form_error(errors["form"]),
        buttons(primary("Ask", "send", type="submit")),
        on_submit=on_submit,
        class_name="cf-stack",
        no_validate=True,
    )
    return dialog(
        None,
        title,
        rx.cond(review.candidates, form, _nobody()),
        words=words,
        is_open=DocumentState.dialog == name,
        on_open_change=DocumentState.close_dialog,
    )


def _nobody() -> rx.Component:
    """Then the owner goes on, here at once if it is them."""
    override = primary(
        "Override the approval", "shield-alert", on_click=DocumentState.open_dialog("override")
    )
    return rx.fragment(
        notice(
            "info",
            "Nobody else may approve this document.",
            "The owner can override the approval, with a reason.",
        ),
        buttons(rx.cond(review.can_override, override), cancel="Close"),
    )


def _override() -> rx.Component:
    form = rx.el.form(
        text_area("Reason", "reason", rows=3, error=errors["reason"], placeholder="Why it cannot wait"),
        form_error(errors["form"]),
        buttons(primary("Override", "shield-alert", type="submit")),
        on_submit=lambda data: ReviewState.override(page.version_id, data),
        class_name="cf-stack",
        no_validate=True,
    )
    return dialog(
        None,
        "Override the approval?",
        form,
        words="This version can go out without the approvals it waits for. The reason stands in the trail and on the certificate.",
        is_open=DocumentState.dialog == "override",
        on_open_change=DocumentState.close_dialog,
    )
