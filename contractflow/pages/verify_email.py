"""The link that proves an address: a button for who is signed in, the password for who is not.

Opening it does nothing yet: mail servers open links, too.
"""

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
from contractflow.state.mailed_links import ConfirmState
from contractflow.state.refused import RefusedState

page = ConfirmState.page
AGAIN = "Sign in; a new link is one click away there."


@rx.page(
    route="/verify-email/[token]",
    title="Confirm your address · ContractFlow",
    on_load=[ConfirmState.load, RefusedState.load],
)
def verify_email() -> rx.Component:
    title = rx.cond(page.is_change, "Confirm your new address", "Confirm your address")
    lead = rx.cond(
        page.is_change,
        "Mail for your account comes here from then on.",
        "Then documents can go out to clients.",
    )
    body = rx.cond(page.problem, _too_late(), _form())
    return entry_frame(
        title,
        rx.cond(page.problem, "", lead),
        loaded(ConfirmState.is_loaded, body, skeleton_text(1)),
        aside=sealed(),
    )


def _form() -> rx.Component:
    _, errors = kept("/verify-email/[token]")
    help_ = "Of your account. It shows that the account is yours, not only the mail."
    return link_form(
        form_error(errors["form"]),
        username_field(value=page.email, read_only=True),
        rx.cond(
            page.is_yours,
            rx.fragment(),
            password_field("Password", "password", error=errors["password"], help=help_),
        ),
        link=ConfirmState.link,
        action="/auth/verify-email",
        press="Confirm address",
    )


def _too_late() -> rx.Component:
    return rx.el.div(
        notice("warning", page.problem, AGAIN),
        link_button("Sign in", "/login", look="secondary", native=True),
        class_name="cf-stack",
    )
