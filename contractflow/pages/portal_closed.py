"""Where a client lands whose portal is closed: the session is over, or the link was taken back."""

import reflex as rx


@rx.page(route="/portal/closed", title="Open your link again · ContractFlow")
def portal_closed() -> rx.Component:
    return rx.center(
        rx.vstack(
            rx.heading("Please open your link again", size="6", as_="h1"),
            rx.text(
                "For your safety this page closes by itself. Open the link in the latest e-mail about your document.",
                color_scheme="gray",
            ),
            rx.text(
                "If it still leads here, the document was taken back or sent anew: ask the agency that sent it.",
                color_scheme="gray",
            ),
            align="center",
            max_width="32rem",
            text_align="center",
        ),
        min_height="70vh",
        padding="6",
    )
