"""What is not there, or not yours, or not for one's role: what it is, and a way back."""

import reflex as rx

from contractflow.components.buttons import link_button
from contractflow.components.empty import empty


def not_for_this_role(why: rx.Var[str]) -> rx.Component:
    """A page that one's role does not see: who does."""
    return empty("lock", why, link_button("Back to Home", "/home", look="secondary"))


def missing(noun: str, back: str) -> rx.Component:
    return empty(
        "search-x",
        f"That {noun} does not exist, or it is not yours.",
        link_button("Back to the list", back, look="secondary"),
    )
