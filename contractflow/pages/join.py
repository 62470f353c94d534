"""An invitation: who asks, into what, and the two fields that accept it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from contractflow.components.buttons import link_button, primary
from contractflow.components.fields import form_error, password_field, text_field
from contractflow.components.notice import notice
from contractflow.components.public_shell import entry_frame
from contractflow.components.skeleton import loaded, skeleton_text
from contractflow.components.story import sealed
from contractflow.state.entry import InvitationState
from contractflow.state.refused import RefusedState
from contractflow.web.native import post_form


@rx.page(
    route="/invite/[token]",
    title="Join · ContractFlow",
    on_load=[InvitationState.load, RefusedState.load],
)
def join() -> rx.Component:
    offer = InvitationState.page
    title = rx.cond(offer.org_name, f"Join {offer.org_name}", "Join your colleagues")
    lead = rx.cond(offer.inviter, f"{offer.inviter} invited you to write and approve contracts together.", "")
    body = rx.cond(offer.problem, _too_late(), _form())
    return entry_frame(title, lead, loaded(InvitationState.ready, body, skeleton_text(1)), aside=sealed())


def _form() -> rx.Component:
    return post_form(
        form_error(RefusedState.errors["form"]),
        *_fields(),
        rx.el.input(type="hidden", name="token", value=InvitationState.link, read_only=True),
        primary("Join", type="submit", full=True),
        action="/auth/join",
        class_name="cf-form",
        key=RefusedState.code,
    )


def _fields() -> list[rx.Component]:
    values, errors = RefusedState.values, RefusedState.errors
    only = "The invitation is for this address."
    twelve = "Twelve characters or more; if this address has an account already, its password."
    name: dict[str, Any] = {"value": values["name"], "error": errors["name"], "max_length": 120}
    return [
        text_field(
            "Work email", "email", id="invited", value=InvitationState.page.email, read_only=True, help=only
        ),
        text_field("Your name", "name", auto_complete="name", **name),
        password_field("Password", "password", new=True, error=errors["password"], help=twelve),
    ]


def _too_late() -> rx.Component:
    return rx.el.div(
        notice("warning", InvitationState.page.problem, "Ask whoever invited you to send a new one."),
        link_button("Sign in", "/login", look="secondary", native=True),
        class_name="cf-stack",
    )
