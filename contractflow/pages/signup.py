"""Sign-up: a person, and the agency they bring."""

from __future__ import annotations

import reflex as rx

from contractflow.components.buttons import primary
from contractflow.components.fields import form_error, password_field, text_field
from contractflow.components.icon import anchor
from contractflow.components.public_shell import entry_frame
from contractflow.components.story import sealed
from contractflow.components.turnstile import turnstile
from contractflow.services.tiers import TRIAL_DAYS, TRIAL_TIER
from contractflow.state.entry import EntryState
from contractflow.state.refused import RefusedState
from contractflow.web.native import post_form

LEAD = (
    f"{TRIAL_DAYS} days of {TRIAL_TIER.capitalize()}, no card. Your first contract can be out in ten minutes."
)


@rx.page(route="/signup", title="Create account · ContractFlow", on_load=[EntryState.load, RefusedState.load])
def signup() -> rx.Component:
    return entry_frame("Create your account", LEAD, _form(), _instead(), aside=sealed())


def _form() -> rx.Component:
    values, errors = RefusedState.values, RefusedState.errors
    return post_form(
        form_error(errors["form"]),
        text_field(
            "Your name",
            "name",
            value=values["name"],
            error=errors["name"],
            auto_complete="name",
            max_length=120,
        ),
        text_field(
            "Work email",
            "email",
            type="email",
            value=values["email"],
            error=errors["email"],
            auto_complete="email",
        ),
        password_field(
            "Password",
            "password",
            new=True,
            error=errors["password"],
            help="Twelve characters or more. A sentence works.",
        ),
        text_field(
            "Agency name",
            "agency",
            value=values["agency"],
            error=errors["agency"],
            auto_complete="organization",
            help="Your clients see it on every contract.",
            max_length=120,
        ),
        turnstile(
            known=EntryState.is_loaded,
            site_key=EntryState.site_key,
            script_url=EntryState.script_url,
            action="signup",
        ),
        primary("Create account", type="submit", full=True),
        action="/auth/signup",
        class_name="cf-form",
        key=RefusedState.code,
    )


def _instead() -> rx.Component:
    return rx.el.p("You have an account? ", anchor("Sign in", href="/login"), class_name="cf-entry__instead")
