"""What is shown for an address that leads nowhere, or to something that is not yours."""

from __future__ import annotations

import reflex as rx

from contractflow.components.missing import nothing_here


@rx.page(route="404", title="Not found · ContractFlow")
def not_found() -> rx.Component:
    return nothing_here()
