"""The landing page."""

import reflex as rx


@rx.page(route="/", title="ContractFlow")
def landing() -> rx.Component:
    return rx.container(rx.heading("From “they said yes” to “they paid”."))
