"""An invitation: who asks, into what, and the two fields that accept it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from contractflow.components.buttons import link_button, secondary
from contractflow.components.fields import form_error, password_field, text_field
from contractflow.components.kept import kept
from contractflow.components.link_form import link_form
from contractflow.components.notice import notice
from contractflow.components.public_shell import entry_frame
from contractflow.components.skeleton import loaded, skeleton_text
from contractflow.components.story import sealed
from contractflow.security.passwords import HELP
from contractflow.state.entry import InvitationState
from contractflow.state.refused import RefusedState
from contractflow.web.native import post_form

values, errors = kept("/invite/[token]")


@rx.page(
    route="/invite/[token]",
    title="Join · ContractFlow",
    on_load=[InvitationState.load, RefusedState.load],
)
def join() -> rx.Component:
    offer = InvitationState.page
    title = rx.cond(offer.org_name, f"Join {offer.org_name}", "Join your colleagues")
    lead = rx.cond(offer.inviter, f"{offer.inviter} invited you to write and approve contracts together.", "")
    address = InvitationState.own_address
    signed_in = rx.cond(address == offer.email, _click(), _another_address())
    body = rx.cond(offer.problem, _too_late(), rx.cond(address, signed_in, _form()))
    return entry_frame(title, lead, loaded(InvitationState.ready, body, skeleton_text(1)), aside=sealed())


def _form() -> rx.Component:
    sign_in = link_button(
        "I have an account: sign in first",
        f"/login?next=/invite/{InvitationState.link}",
        look="quiet",
        native=True,
        class_name="cf-button--full",
    )
    return rx.fragment(_joining(*_fields()), sign_in)


def _joining(*content: rx.Component) -> rx.Component:
    return link_form(
        form_error(errors["form"]), *content, link=InvitationState.link, action="/auth/join", press="Join"
    )


def _click() -> rx.Component:
    """For who is signed in with the address that was invited."""
    return _joining(
        rx.el.p("You are signed in as ", rx.el.b(InvitationState.own_address), ".", class_name="cf-muted")
    )


def _another_address() -> rx.Component:
    offer = InvitationState.page
    return rx.el.div(
        notice(
            "warning",
            rx.el.span("This invitation is for ", offer.email),
            rx.el.span(
                "You are signed in as ",
                InvitationState.own_address,
                ". Sign out and open the link again, or ask for one to your own address.",
            ),
        ),
        post_form(secondary("Sign out", type="submit"), action="/auth/logout"),
        class_name="cf-stack",
    )


def _fields() -> list[rx.Component]:
    only = "The invitation is for this address."
    name: dict[str, Any] = {"value": values["name"], "error": errors["name"], "max_length": 120}
    return [
        text_field(
            "Work email", "email", id="invited", value=InvitationState.page.email, read_only=True, help=only
        ),
        text_field("Your name", "name", auto_complete="name", **name),
        password_field("Password", "password", new=True, error=errors["password"], help=HELP),
    ]


def _too_late() -> rx.Component:
    return rx.el.div(
        notice("warning", InvitationState.page.problem, "Ask whoever invited you to send a new one."),
        link_button("Sign in", "/login", look="secondary", native=True),
        class_name="cf-stack",
    )
