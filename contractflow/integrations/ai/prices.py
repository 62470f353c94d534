"""What the vendors charge, in one table. A model that is not in it has an unknown cost, which is not the same as none."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

MILLION = 1_000_000
OURS = "clause-library/"
"""How the models begin that cost nothing: the clause library."""


class Price(NamedTuple):
    """Millionths of a US dollar for a million tokens; thinking counts as output."""

    tokens_in: int
    tokens_out: int


# fmt: off
PRICES = {
    # model                            in         out       list price of the vendor, standard tier
    "gpt-6.1-terra":           Price(1_000_000, 5_000_000),
    "gemini-3.8-flash":        Price(  750_000, 3_750_000),
    "gemini-3.5-flash":        Price(1_500_000, 9_000_000),
    "gemini-3-flash-preview":  Price(  500_000, 3_000_000),
    "gemini-3.1-flash-lite":   Price(  250_000, 1_500_000),
}
# fmt: on

LATER = {"gemini-3.8-flash": (date(2027, 1, 1), Price(1_500_000, 7_500_000))}
"""What its vendor has said a model will cost from a day on."""


def price_of(model: str, on: date) -> Price | None:
    """None when nobody has read it at the vendor."""
    since, later = LATER.get(model, (date.max, None))
    return later if on >= since else PRICES.get(model)


def cost_micros(model: str, tokens_in: int | None, tokens_out: int | None, on: date) -> int | None:
    """Millionths of a US dollar, rounded up; None when the model's price or what it used is unknown."""
    if model.startswith(OURS):
        return 0
    price = price_of(model, on)
    if price is None or tokens_in is None or tokens_out is None:
        return None
    exact = tokens_in * price.tokens_in + tokens_out * price.tokens_out
    return -(-exact // MILLION)
