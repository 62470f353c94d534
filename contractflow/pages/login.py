"""Sign-in."""

from __future__ import annotations

import reflex as rx

from contractflow.components.buttons import primary
from contractflow.components.fields import form_error, password_field, username_field
from contractflow.components.icon import anchor
from contractflow.components.kept import kept
from contractflow.components.notice import notice
from contractflow.components.public_shell import entry_frame
from contractflow.components.second_factor import passkey_sign_in
from contractflow.components.story import sealed
from contractflow.components.turnstile import turnstile
from contractflow.state.entry import EntryState
from contractflow.state.refused import RefusedState
from contractflow.web.native import post_form

values, errors = kept("/login")


@rx.page(route="/login", title="Sign in · ContractFlow", on_load=[EntryState.load, RefusedState.load])
def login() -> rx.Component:
    return entry_frame("Sign in", "Good to see you again.", _why_here(), _form(), _instead(), aside=sealed())


def _why_here() -> rx.Component:
    is_news = (EntryState.reason != "") & ~errors["form"]
    return rx.cond(is_news, rx.el.div(notice("info", EntryState.reason), class_name="cf-entry__notice"))


def _form() -> rx.Component:
    return post_form(
        form_error(errors["form"]),
        username_field(value=values["email"], error=errors["email"]),
        password_field("Password", "password", error=errors["password"]),
        rx.el.input(type="hidden", name="next", value=EntryState.onward, read_only=True),
        rx.cond(values["check"], _check()),
        primary("Sign in", type="submit", full=True),
        rx.cond(EntryState.takes_passkeys, _passkey()),
        action="/auth/login",
        class_name="cf-form",
    )


def _passkey() -> rx.Component:
    return passkey_sign_in("/auth/passkey/sign-in", "Sign in with a passkey", EntryState.onward)


def _check() -> rx.Component:
    """Only after wrong passwords."""
    return turnstile(
        known=EntryState.is_loaded,
        site_key=EntryState.site_key,
        script_url=EntryState.script_url,
        action="login",
    )


def _instead() -> rx.Component:
    return rx.el.p(
        anchor("Forgot your password?", href="/forgot"),
        " · New here? ",
        anchor("Create account", href="/signup"),
        class_name="cf-entry__instead",
    )
