"""Where members are led who lack the second factor that is asked of them: nothing else of the organisation opens."""

from __future__ import annotations

import reflex as rx

from contractflow.components.buttons import quiet
from contractflow.components.public_shell import entry_frame
from contractflow.components.second_factor import add_passkey, confirm_identity, enrol_app
from contractflow.components.skeleton import loaded
from contractflow.components.story import sealed
from contractflow.state.second_step import EnrolState
from contractflow.web.native import post_form

page = EnrolState.page


@rx.page(route="/enrol", title="Second factor · ContractFlow", on_load=EnrolState.load)
def enrol() -> rx.Component:
    lead = "It is asked of you here before anything else opens. It takes a minute, once."
    return rx.fragment(
        entry_frame(
            "Set up a second factor", lead, loaded(EnrolState.is_loaded, _ways()), _leave(), aside=sealed()
        ),
        confirm_identity(),
    )


def _ways() -> rx.Component:
    return rx.el.div(
        rx.el.p("An authenticator app on your phone shows a new code every half minute."),
        enrol_app(EnrolState.load, "Set up an app"),
        rx.cond(
            page.takes_passkeys,
            rx.fragment(
                rx.el.p("Or your device signs you in with your finger, face or PIN."),
                add_passkey(EnrolState.load),
            ),
        ),
        class_name="cf-stack",
    )


def _leave() -> rx.Component:
    return post_form(quiet("Sign out", type="submit"), action="/auth/logout", class_name="cf-entry__instead")
