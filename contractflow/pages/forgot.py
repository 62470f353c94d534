"""A new password, for who forgot the old one: where the link goes."""

from __future__ import annotations

import reflex as rx

from contractflow.components.buttons import link_button, primary
from contractflow.components.fields import form_error, username_field
from contractflow.components.icon import anchor
from contractflow.components.kept import kept
from contractflow.components.notice import notice
from contractflow.components.public_shell import entry_frame
from contractflow.components.story import sealed
from contractflow.components.turnstile import turnstile
from contractflow.state.entry import EntryState
from contractflow.state.refused import RefusedState
from contractflow.web.native import post_form

SENT = "If the address belongs to an account, a link is on its way."
NOTHING = (
    "It works once, for 30 minutes. Nothing there? Look into the spam folder, and at the spelling. An address that was"
    " never confirmed gets no link: create the account again."
)


@rx.page(
    route="/forgot",
    title="Forgot your password? · ContractFlow",
    on_load=[EntryState.load, RefusedState.load],
)
def forgot() -> rx.Component:
    title = rx.cond(EntryState.is_sent, "Check your mail", "Forgot your password?")
    lead = rx.cond(EntryState.is_sent, "", "We mail you a link to choose a new one.")
    return entry_frame(title, lead, rx.cond(EntryState.is_sent, _sent(), _form()), _instead(), aside=sealed())


def _sent() -> rx.Component:
    return rx.el.div(
        notice("good", SENT, NOTHING),
        link_button("Try another address", "/forgot", look="secondary", native=True),
        class_name="cf-stack",
    )


def _form() -> rx.Component:
    values, errors = kept("/forgot")
    return post_form(
        form_error(errors["form"]),
        username_field(value=values["email"], error=errors["email"]),
        turnstile(
            known=EntryState.is_loaded,
            site_key=EntryState.site_key,
            script_url=EntryState.script_url,
            action="forgot",
        ),
        primary("Send link", type="submit", full=True),
        action="/auth/forgot",
        class_name="cf-form",
    )


def _instead() -> rx.Component:
    return rx.el.p("You remember it? ", anchor("Sign in", href="/login"), class_name="cf-entry__instead")
