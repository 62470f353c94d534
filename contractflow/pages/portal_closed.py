"""Where a client lands whose portal is closed: the session is over, or the link was taken back."""

from __future__ import annotations

import reflex as rx

from contractflow.components.brand import wordmark
from contractflow.components.empty import empty

WORDS = (
    "For your safety this page closes by itself. Open the link in the latest e-mail about your document.",
    "If it still leads here, the document was taken back or sent anew: ask the agency that sent it.",
)


@rx.page(route="/portal/closed", title="Open your link again · ContractFlow")
def portal_closed() -> rx.Component:
    return rx.el.div(
        rx.el.header(wordmark(), class_name="cf-public__head"),
        rx.el.main(empty("lock", _words(), title="Please open your link again")),
        class_name="cf-public",
    )


def _words() -> rx.Component:
    return rx.el.div(
        *[rx.el.p(sentence) for sentence in WORDS],
        class_name="cf-stack cf-stack--tight",
    )
