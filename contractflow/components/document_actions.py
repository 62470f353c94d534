"""The one thing to do next with a document, and the other things in a menu."""

import reflex as rx

from contractflow.components.buttons import icon_button, primary, secondary
from contractflow.components.dialog import menu as menu_of
from contractflow.components.dialog import menu_item
from contractflow.state.document import DocumentState
from contractflow.state.review import ReviewState

page = DocumentState.page
open_dialog = DocumentState.open_dialog


def _can(verb: str) -> rx.Var[bool]:
    return page.can[verb]


def primary_action() -> rx.Component:
    """Exactly one strong button, chosen by what the table allows now; in review a quiet second one."""
    return rx.cond(
        DocumentState.is_loaded & ~DocumentState.is_missing,
        rx.cond(
            DocumentState.draft.can_stop,
            secondary("Stop", "square", on_click=DocumentState.stop),
            rx.cond(page.is_approver, _decide(), _forward()),
        ),
    )


def _forward() -> rx.Component:
    return rx.cond(
        _can("send"),
        primary("Send to client", "send", on_click=open_dialog("send")),
        rx.cond(
            _can("submit"),
            rx.fragment(
                _draft_again(), primary("Submit for review", "message-square", on_click=ReviewState.submit)
            ),
            rx.cond(_can("generate") & ~page.has_text, _draft(), _start_again()),
        ),
    )


def _draft() -> rx.Component:
    return primary("Draft with AI", "sparkles", on_click=DocumentState.generate(page.draft_key))


def _draft_again() -> rx.Component:
    return rx.cond(_can("generate") & ~page.has_text, _draft())


def _start_again() -> rx.Component:
    """Declined: revise. Expired: give more time, or revise."""
    return rx.cond(
        _can("extend"),
        rx.fragment(
            secondary("Revise", "pencil", on_click=ReviewState.revise),
            primary("Give 30 more days", "clock", on_click=ReviewState.extend),
        ),
        rx.cond(_can("revise"), primary("Revise", "pencil", on_click=ReviewState.revise)),
    )


def _decide() -> rx.Component:
    return rx.fragment(
        secondary("Request changes", "undo-2", on_click=open_dialog("changes")),
        primary("Approve", "check", on_click=ReviewState.approve(page.version_id, page.review.my_step)),
    )


def menu() -> rx.Component:
    return rx.cond(
        DocumentState.is_loaded & ~DocumentState.is_missing,
        menu_of(
            icon_button("ellipsis", "More"),
            menu_item("Download PDF", DocumentState.download),
            rx.cond(
                _can("generate") & page.has_text,
                menu_item("Draft with AI again", open_dialog("redraft")),
            ),
            rx.cond(page.review.can_override, menu_item("Override the approval", open_dialog("override"))),
            rx.cond(_can("withdraw"), menu_item("Take back from review", ReviewState.withdraw)),
            rx.cond(_can("recall"), menu_item("Recall", open_dialog("recall"))),
            rx.cond(_can("void"), menu_item("Void", open_dialog("void"), destroys=True)),
        ),
    )
