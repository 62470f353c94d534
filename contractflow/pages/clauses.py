"""The clause library: wordings you prefer, and the ones you settle for."""

import reflex as rx

from contractflow.components.shelf import add_button, shelf
from contractflow.components.shell import member_page
from contractflow.permissions import Permission as P
from contractflow.services.templates import CATEGORIES
from contractflow.state.templates import TemplatesState

WHY = "A clause is a wording you trust, with a fallback for when the other side does not agree."


def _add() -> rx.Component:
    return add_button("New clause")


@member_page("/clauses", "Clauses", on_load=TemplatesState.load, needs=P.TEMPLATE_READ, action=_add)
def clauses() -> rx.Component:
    return shelf("clauses", "clause", ("Shelf", "Positions"), list(CATEGORIES.items()), WHY)
