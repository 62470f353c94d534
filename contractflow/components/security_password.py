"""Settings › Security: the password."""

import reflex as rx

from contractflow.components.buttons import secondary
from contractflow.components.fields import checkbox, form_error, password_field
from contractflow.components.kept import kept
from contractflow.components.notice import notice
from contractflow.components.sections import section
from contractflow.security.passwords import HELP
from contractflow.state.profile_settings import ProfileState
from contractflow.web.native import post_form


def password_section() -> rx.Component:
    done = rx.el.div(notice("good", ProfileState.done), class_name="cf-entry__notice")
    return section("Password", rx.cond(ProfileState.done, done), _form())


def _form() -> rx.Component:
    _, errors = kept("/settings/security")
    others = "Sign out all other devices"
    why = "Leave it on if somebody else may know the old password."
    return post_form(
        password_field("Present password", "present_password", error=errors["present_password"]),
        password_field("New password", "password", new=True, error=errors["password"], help=HELP),
        checkbox(others, "end_others", help=why, default_checked=True),
        form_error(errors["form"]),
        rx.el.div(secondary("Change password", type="submit"), class_name="cf-line"),
        action="/auth/password",
        class_name="cf-form cf-form--narrow",
    )
