"""Settings › Profile: deleting one's own account."""

import reflex as rx

from contractflow.components.buttons import danger, secondary
from contractflow.components.dialog import buttons, dialog
from contractflow.components.fields import form_error, select_field, text_field
from contractflow.components.sections import section
from contractflow.state.profile_settings import ProfileState

page, leaving, errors = ProfileState.page, ProfileState.leaving, ProfileState.errors
WORDS = (
    "Your password, second factors and devices are erased, and you leave the organisation. What you wrote, decided and "
    "signed stays there under your name."
)


def account_end() -> rx.Component:
    ask = secondary(
        "Delete account",
        "trash-2",
        on_click=ProfileState.show_delete(True),
        blocked=leaving.why_not != "",
        why=leaving.why_not,
    )
    return section(
        "Delete account",
        rx.el.p(WORDS, class_name="cf-muted"),
        rx.el.div(ask, rx.el.span(leaving.why_not, class_name="cf-muted"), class_name="cf-line"),
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
    return rx.el.form(
        *more,
        text_field(
            rx.el.span("Type ", rx.el.b(page.email), " to confirm"),
            "typed_email",
            error=errors["typed_email"],
            auto_complete="off",
        ),
        form_error(errors["form"]),
        buttons(danger("Delete account", type="submit")),
        on_submit=ProfileState.delete,
        class_name="cf-stack",
        no_validate=True,
    )


def _heir() -> rx.Component:
    return select_field(
        "Hand your documents to",
        "heir",
        leaving.heirs,
        nothing="Choose a colleague",
        default_value="",
        error=errors["heir"],
    )
