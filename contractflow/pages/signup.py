"""Sign-up: a person, and the agency they bring."""

from __future__ import annotations

from typing import Any

import reflex as rx

from contractflow.components.buttons import primary
from contractflow.components.fields import form_error, password_field, text_field
from contractflow.components.icon import anchor
from contractflow.components.kept import kept
from contractflow.components.public_shell import entry_frame
from contractflow.components.story import sealed
from contractflow.components.turnstile import turnstile
from contractflow.security.passwords import HELP
from contractflow.services.tiers import TRIAL_DAYS, TRIAL_TIER
from contractflow.state.entry import EntryState
from contractflow.state.refused import RefusedState
from contractflow.web.native import post_form

LEAD = (
    f"{TRIAL_DAYS} days of {TRIAL_TIER.capitalize()}, no card. Your first contract can be out in ten minutes."
)
values, errors = kept("/signup")


@rx.page(route="/signup", title="Create account · ContractFlow", on_load=[EntryState.load, RefusedState.load])
def signup() -> rx.Component:
    return entry_frame("Create your account", LEAD, _form(), _instead(), aside=sealed())


def _form() -> rx.Component:
    return post_form(
        form_error(errors["form"]),
        *_person(),
        _agency(),
        turnstile(
            known=EntryState.is_loaded,
            site_key=EntryState.site_key,
            script_url=EntryState.script_url,
            action="signup",
        ),
        primary("Create account", type="submit", full=True),
        action="/auth/signup",
        class_name="cf-form",
    )


def _person() -> list[rx.Component]:
    return [
        text_field("Your name", "name", auto_complete="name", max_length=120, **_kept("name")),
        text_field("Work email", "email", type="email", auto_complete="email", **_kept("email")),
        password_field(
            "Password",
            "password",
            new=True,
            error=errors["password"],
            help=HELP,
        ),
    ]


def _agency() -> rx.Component:
    seen = "Your clients see it on every contract."
    return text_field(
        "Agency name", "agency", auto_complete="organization", max_length=120, help=seen, **_kept("agency")
    )


def _kept(name: str) -> dict[str, Any]:
    """What was typed before it was refused, and why it was."""
    return {"value": values[name], "error": errors[name]}


def _instead() -> rx.Component:
    return rx.el.p("You have an account? ", anchor("Sign in", href="/login"), class_name="cf-entry__instead")
