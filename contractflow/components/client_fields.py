"""The fields of a client itself, as adding one and editing one ask for them."""

from typing import Any

import reflex as rx

from contractflow.components.fields import checkbox, select_field, text_area, text_field
from contractflow.components.icon import Text
from contractflow.money import CURRENCIES
from contractflow.services.clients import NAME_LIMIT, ClientPage

NOBODY = ClientPage()


def name_field(errors: Any, value: Text = "") -> rx.Component:
    return text_field(
        "Client",
        "name",
        value=value,
        error=errors["name"],
        placeholder="Helios Coffee",
        max_length=NAME_LIMIT,
    )


def currency_field(errors: Any, value: Text, why: Text = "") -> rx.Component:
    options = [(code, code) for code in CURRENCIES]
    return select_field("Currency", "currency", options, value=value, help=why, error=errors["currency"])


def address_and_kind(errors: Any, known: Any = NOBODY) -> rx.Component:
    return rx.fragment(
        text_area("Address", "address", value=known.address, required=False, rows=2, error=errors["address"]),
        checkbox(
            "This client is a private person",
            "is_consumer",
            help="Shows the longer consent that the law asks for.",
            default_checked=known.is_consumer,
        ),
    )
