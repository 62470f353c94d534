"""Settings › Profile: the name, and the address with its change."""

import reflex as rx

from contractflow.components.account_end import account_end, delete_dialog
from contractflow.components.buttons import primary, secondary
from contractflow.components.fields import form_error, password_field, text_field
from contractflow.components.kept import kept
from contractflow.components.notice import notice
from contractflow.components.pill import hued_pill
from contractflow.components.sections import section
from contractflow.components.settings_shell import settings_page
from contractflow.components.skeleton import loaded
from contractflow.state.profile_settings import ProfileState
from contractflow.state.refused import RefusedState
from contractflow.web.native import post_form

page = ProfileState.page


@settings_page("/settings/profile", "Profile", on_load=[ProfileState.load, RefusedState.load])
def profile() -> rx.Component:
    return loaded(
        ProfileState.is_loaded, rx.fragment(_done(), _name(), _email(), account_end(), delete_dialog())
    )


def _done() -> rx.Component:
    return rx.cond(
        ProfileState.done, rx.el.div(notice("good", ProfileState.done), class_name="cf-entry__notice")
    )


def _name() -> rx.Component:
    help_ = "Colleagues and clients see it on documents and in mails."
    return section(
        "You",
        rx.el.form(
            text_field(
                "Your name",
                "name",
                value=page.name,
                error=ProfileState.errors["name"],
                help=help_,
                auto_complete="name",
                max_length=120,
            ),
            rx.el.div(secondary("Save", type="submit"), class_name="cf-line"),
            on_submit=ProfileState.rename,
            class_name="cf-form cf-form--narrow",
            no_validate=True,
            key=page.name,
        ),
    )


def _email() -> rx.Component:
    state = rx.cond(
        page.is_confirmed,
        hued_pill("Confirmed", "circle-check", "grass"),
        hued_pill("Not confirmed", "clock", "amber"),
    )
    return section(
        "Work email",
        rx.el.p(rx.el.span(page.email, class_name="cf-strong"), state, class_name="cf-line cf-line--wrap"),
        rx.cond(page.awaited, _awaited(), _change()),
    )


def _awaited() -> rx.Component:
    return notice(
        "info",
        f"Waiting for you to open the link in the mail to {page.awaited}",
        "Until then everything stays as it is. The link works for one day.",
        secondary("Keep present address", on_click=ProfileState.keep_email),
    )


def _change() -> rx.Component:
    values, errors = kept("/settings/profile")
    what = "We mail a link there. Nothing changes until you open it, and your present address is told."
    return post_form(
        text_field(
            "New work email",
            "email",
            type="email",
            value=values["email"],
            error=errors["email"],
            help=what,
            auto_complete="email",
        ),
        password_field("Present password", "present_password", error=errors["present_password"]),
        form_error(errors["form"]),
        rx.el.div(primary("Change address", type="submit"), class_name="cf-line"),
        action="/auth/email",
        class_name="cf-form cf-form--narrow",
    )
