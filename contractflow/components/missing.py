"""What is not there, or not yours, or not for one's role: what it is, and a way back."""

from typing import Any

import reflex as rx

from contractflow.components.buttons import link_button, primary
from contractflow.components.empty import empty
from contractflow.components.public_shell import public_frame
from contractflow.components.skeleton import loaded
from contractflow.state.elsewhere import ElsewhereState
from contractflow.web.native import post_form

found = ElsewhereState.found


def not_for_this_role(why: rx.Var[str]) -> rx.Component:
    """A page that one's role does not see: who does."""
    return empty("lock", why, link_button("Back to Home", "/home", look="secondary"))


def nothing_here() -> rx.Component:
    """The whole page at an address that leads nowhere."""
    words = (
        "This page does not exist, or it is not yours to see. Check the address, or start again from Home."
    )
    home = link_button("Go to Home", "/home", look="secondary", native=True)
    return public_frame(empty("search-x", words, home, title="There is nothing here"))


def missing(noun: str, back: str) -> rx.Component:
    """Looks, when it is shown, whether the page is in another organisation of the reader's."""
    nowhere = empty(
        "search-x",
        f"That {noun} does not exist, or it is not yours.",
        link_button("Back to the list", back, look="secondary"),
    )
    there = empty(
        "building-2",
        rx.el.span(f"That {noun} belongs to ", found.org_name, ", another organisation of yours."),
        switch_form(found.org_id, found.path, primary(f"Switch to {found.org_name}", type="submit")),
    )
    return rx.el.div(rx.cond(found.org_id, there, nowhere), on_mount=ElsewhereState.look)


def loaded_or_missing(
    state: Any, noun: str, back: str, content: rx.Component, skeleton: rx.Component | None = None
) -> rx.Component:
    """What a page of one thing shows: `content`, or that it is not there. `state` says which, and when it is known."""
    return loaded(state.is_loaded, rx.cond(state.is_missing, missing(noun, back), content), skeleton)


def switch_form(org_id: rx.Var[str], onward: rx.Var[str] | str, press: rx.Component) -> rx.Component:
    """A new session, so a native form: `press` goes on at `onward` in that organisation."""
    return post_form(
        rx.el.input(type="hidden", name="org", value=org_id, read_only=True),
        rx.el.input(type="hidden", name="next", value=onward, read_only=True),
        press,
        action="/auth/switch",
    )
