"""Settings › Profile: deleting one's own account."""

import reflex as rx

from contractflow.components.buttons import secondary
from contractflow.components.dialog import dialog, typed_form
from contractflow.components.fields import select_field
from contractflow.components.refused import or_why
from contractflow.components.sections import section
from contractflow.state.profile_settings import ProfileState

page, leaving, errors = ProfileState.page, ProfileState.leaving, ProfileState.errors
WORDS = (
    "Your password, second factors and devices are erased, and you leave the organisation. What you wrote, decided and "
    "signed stays there under your name."
)


def account_end() -> rx.Component:
    ask = ProfileState.show_delete(True)
    return section(
        "Delete account",
        rx.el.p(WORDS, class_name="cf-muted"),
        or_why(leaving.why_not, secondary, "Delete account", "trash-2", on_click=ask),
    )


def delete_dialog() -> rx.Component:
    """Two forms, for one without the field would send the colleague as nothing."""
    return dialog(
        None,
        "Delete your account?",
        rx.cond(leaving.documents > 0, _form(_heir()), _form()),
        words="You are signed out everywhere at once, and nobody can bring the account back.",
        is_open=ProfileState.is_deleting,
        on_open_change=ProfileState.show_delete,
    )


def _form(*more: rx.Component) -> rx.Component:
    done = {"errors": errors, "on_submit": ProfileState.delete}
    return typed_form("Delete account", page.email, "typed_email", *more, **done)


def _heir() -> rx.Component:
    return select_field(
        "Hand your documents to",
        "heir",
        leaving.heirs,
        nothing="Choose a colleague",
        default_value="",
        error=errors["heir"],
    )
