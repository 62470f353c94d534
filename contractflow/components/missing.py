"""What is not there, or not yours: the same page, and a way back."""

import reflex as rx

from contractflow.components.buttons import link_button
from contractflow.components.empty import empty


def missing(noun: str, back: str) -> rx.Component:
    return empty(
        "search-x",
        f"That {noun} does not exist, or it is not yours.",
        link_button("Back to the list", back, look="secondary"),
    )
