"""What is not there, or not yours, or not for one's role: what it is, and a way back."""

import reflex as rx

from contractflow.components.buttons import link_button
from contractflow.components.empty import empty
from contractflow.components.public_shell import public_frame


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
    return empty(
        "search-x",
        f"That {noun} does not exist, or it is not yours.",
        link_button("Back to the list", back, look="secondary"),
    )
