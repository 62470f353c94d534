"""What is shown for an address that leads nowhere, or to something that is not yours."""

from __future__ import annotations

import reflex as rx

from contractflow.components.buttons import link_button
from contractflow.components.empty import empty
from contractflow.components.public_shell import public_frame


@rx.page(route="404", title="Not found · ContractFlow")
def not_found() -> rx.Component:
    words = (
        "This page does not exist, or it is not yours to see. Check the address, or start again from Home."
    )
    home = link_button("Go to Home", "/home", look="secondary", native=True)
    return public_frame(empty("search-x", words, home, title="There is nothing here"))
