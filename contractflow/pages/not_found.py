"""What an address that leads nowhere shows."""

import reflex as rx


@rx.page(route="404", title="Not found · ContractFlow")
def not_found() -> rx.Component:
    return rx.center(
        rx.vstack(
            rx.heading("There is nothing here", size="6"),
            rx.text(
                "The address may be mistyped, or what it led to is not yours to see.", color_scheme="gray"
            ),
            rx.link("Go to the start page", href="/"),
            align="center",
        ),
        min_height="70vh",
        padding="6",
    )
