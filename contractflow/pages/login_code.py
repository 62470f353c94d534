"""The second step of a sign-in."""

from __future__ import annotations

import reflex as rx

from contractflow.components.buttons import primary
from contractflow.components.fields import checkbox, form_error, text_field
from contractflow.components.icon import anchor
from contractflow.components.kept import kept
from contractflow.components.public_shell import entry_frame
from contractflow.components.second_factor import passkey_sign_in
from contractflow.components.story import sealed
from contractflow.services.factors import TRUST_DAYS
from contractflow.state.refused import RefusedState
from contractflow.state.second_step import SecondStepState
from contractflow.web.native import post_form

by = SecondStepState.by


@rx.page(
    route="/login/code",
    title="Second step · ContractFlow",
    on_load=[SecondStepState.load, RefusedState.load],
)
def login_code() -> rx.Component:
    again = rx.el.p("Not you? ", anchor("Sign in again", href="/login"), class_name="cf-entry__instead")
    lead = "Your password is right. One more step."
    return entry_frame("Confirm it is you", lead, _form(), again, aside=sealed())


def _form() -> rx.Component:
    _, errors = kept("/login/code")
    passkey = passkey_sign_in("/auth/passkey/second-step", "Use a passkey")
    return post_form(
        form_error(errors["form"]),
        rx.cond(by != "app", passkey),
        text_field(
            "Code",
            "code",
            error=errors["code"],
            auto_complete="one-time-code",
            spell_check=False,
            max_length=60,
            help="From your authenticator app, or one of your recovery codes.",
        ),
        checkbox(f"Remember this browser for {TRUST_DAYS} days", "remember"),
        rx.el.input(type="hidden", name="by", value=by, read_only=True),
        primary("Continue", type="submit", full=True),
        action="/auth/code",
        class_name="cf-form",
    )
