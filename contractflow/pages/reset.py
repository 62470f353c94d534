"""The link of the mail: one field, a new password."""

from __future__ import annotations

import reflex as rx

from contractflow.components.buttons import link_button
from contractflow.components.fields import form_error, password_field, username_field
from contractflow.components.kept import kept
from contractflow.components.link_form import link_form
from contractflow.components.notice import notice
from contractflow.components.public_shell import entry_frame
from contractflow.components.skeleton import loaded, skeleton_text
from contractflow.components.story import sealed
from contractflow.security.passwords import HELP
from contractflow.state.mailed_links import ResetState
from contractflow.state.refused import RefusedState


@rx.page(
    route="/reset/[token]",
    title="Choose a new password · ContractFlow",
    on_load=[ResetState.load, RefusedState.load],
)
def reset() -> rx.Component:
    body = rx.cond(ResetState.page.problem, _too_late(), _form())
    lead = "It signs you out everywhere."
    return entry_frame(
        "Choose a new password",
        lead,
        loaded(ResetState.is_loaded, body, skeleton_text(1)),
        aside=sealed(),
    )


def _form() -> rx.Component:
    _, errors = kept("/reset/[token]")
    return link_form(
        form_error(errors["form"]),
        username_field(value=ResetState.page.email, read_only=True),
        password_field("New password", "password", new=True, error=errors["password"], help=HELP),
        link=ResetState.link,
        action="/auth/reset",
        press="Save password",
    )


def _too_late() -> rx.Component:
    return rx.el.div(
        notice("warning", ResetState.page.problem, "Ask for a new one; it takes a minute."),
        link_button("Send a new link", "/forgot", native=True),
        class_name="cf-stack",
    )
