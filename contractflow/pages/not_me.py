""" "This was not me": somebody else asked for another address, and the person takes their account back."""

from __future__ import annotations

import reflex as rx

from contractflow.components.fields import form_error
from contractflow.components.kept import kept
from contractflow.components.link_form import link_form
from contractflow.components.public_shell import entry_frame
from contractflow.components.skeleton import loaded, skeleton_text
from contractflow.components.story import sealed
from contractflow.state.mailed_links import NotMeState
from contractflow.state.refused import RefusedState

WHAT = (
    "The change of address is taken back.",
    "Everybody is signed out of your account, on every device.",
    "The password stops working; a link to choose a new one comes to the address of the mail you opened.",
)


@rx.page(
    route="/not-me/[token]",
    title="This was not me · ContractFlow",
    on_load=[NotMeState.load, RefusedState.load],
)
def not_me() -> rx.Component:
    return entry_frame(
        "This was not you?",
        "Take your account back. Three things happen at once:",
        loaded(NotMeState.is_loaded, _form(), skeleton_text(1)),
        aside=sealed(),
    )


def _form() -> rx.Component:
    return link_form(
        rx.el.ol(*[rx.el.li(words) for words in WHAT], class_name="cf-steps"),
        form_error(kept("/not-me/[token]")[1]["form"]),
        link=NotMeState.link,
        action="/auth/not-me",
        press="Take my account back",
        icon_name="shield-check",
    )
