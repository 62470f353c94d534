"""What is asked before a document is sent, sent back, recalled, voided or drafted anew."""

import reflex as rx

from contractflow.components.buttons import danger, primary
from contractflow.components.checklist import preflight
from contractflow.components.dialog import buttons, dialog
from contractflow.components.fields import form_error, text_area
from contractflow.components.review_dialogs import review_dialogs
from contractflow.state.document import DocumentState
from contractflow.state.review import ReviewState

page = DocumentState.page
errors = ReviewState.errors


def dialogs() -> rx.Component:
    return rx.fragment(_send(), _changes(), _recall(), _void(), _redraft(), review_dialogs())


def _dialog(name: str, title: str, *content: rx.Component, words: str = "") -> rx.Component:
    return dialog(
        None,
        title,
        *content,
        words=words,
        is_open=DocumentState.dialog == name,
        on_open_change=DocumentState.close_dialog,
    )


def _send() -> rx.Component:
    send = primary("Send to client", "send", type="submit", blocked=page.unmet != "", why=page.unmet)
    form = rx.el.form(
        preflight(page.checks),
        text_area(
            "Message",
            "message",
            required=False,
            rows=3,
            placeholder="A personal line above the button in the mail",
        ),
        form_error(errors["form"]),
        buttons(send, why=page.unmet),
        on_submit=ReviewState.send,
        class_name="cf-stack",
    )
    return _dialog(
        "send",
        "Send to client",
        form,
        words="Every signer gets a mail with a link that reads this exact version.",
    )


def _changes() -> rx.Component:
    form = rx.el.form(
        text_area(
            "Comment",
            "comment",
            rows=4,
            error=errors["comment"],
            placeholder="What should change, and where",
        ),
        buttons(primary("Request changes", "undo-2", type="submit")),
        on_submit=lambda data: ReviewState.request_changes(page.version_id, data),
        class_name="cf-stack",
        no_validate=True,
    )
    return _dialog("changes", "Request changes", form, words="It goes back to its author with your comment.")


def _recall() -> rx.Component:
    press = buttons(primary("Recall", "undo-2", on_click=ReviewState.recall))
    return _dialog(
        "recall",
        "Recall this document?",
        press,
        words="The link in the mail stops working at once. You can change the text and send it again.",
    )


def _void() -> rx.Component:
    form = rx.el.form(
        text_area("Reason", "reason", rows=3, error=errors["reason"]),
        form_error(errors["form"]),
        buttons(danger("Void", "ban", type="submit")),
        on_submit=ReviewState.void,
        class_name="cf-stack",
    )
    return _dialog(
        "void",
        "Void this document?",
        form,
        words="It ends here for good. Everybody who had the link is told why.",
    )


def _redraft() -> rx.Component:
    press = buttons(primary("Draft with AI", "sparkles", on_click=DocumentState.generate(page.draft_key)))
    return _dialog(
        "redraft",
        "Draft again?",
        press,
        words="The new draft replaces the text. The text of now stays in the history as a version.",
    )
