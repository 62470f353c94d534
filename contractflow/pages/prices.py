"""The prices, by the month and by the year, and what happens when somebody does not pay."""

from __future__ import annotations

import reflex as rx

from contractflow.components.prices import priced
from contractflow.components.public_shell import public_frame

ANSWERS = (
    (
        "How does the trial end?",
        "By itself. No card is asked for, so nothing is charged: when it is over, the organisation only reads until "
        "its owner chooses a plan. Three days before, the owner gets a mail.",
    ),
    (
        "What if a payment fails?",
        "Paddle tries again, and everything works for another seven days. After that the organisation only reads. "
        "Signing, paying and downloading never stop.",
    ),
    (
        "Can I change the plan?",
        "A larger one begins at once, and you see what it costs before you confirm. A smaller one begins when the time "
        "you have paid for is over. Cancelling works the same way, and can be taken back until then.",
    ),
    (
        "Who bills me?",
        "Paddle, as merchant of record: it adds the tax of your country and sends the receipts. They are in the "
        "settings as well.",
    ),
)


@rx.page(
    route="/prices",
    title="Prices · ContractFlow",
    description="Starter, Growth and Scale: what they hold, by the month and by the year.",
)
def prices() -> rx.Component:
    return public_frame(
        rx.el.section(
            rx.el.div(
                rx.el.h1("Prices"),
                rx.el.p("Per agency, whatever you send. Tax is added where your country asks for it."),
                class_name="cf-part__head",
            ),
            priced(),
            class_name="cf-part",
        ),
        rx.el.section(
            rx.el.div(
                *[rx.el.div(rx.el.h2(asked), rx.el.p(words)) for asked, words in ANSWERS],
                class_name="cf-facts-wide",
            ),
            class_name="cf-part",
            aria_label="Questions about paying",
        ),
    )
