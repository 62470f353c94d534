"""Templates: what documents begin with."""

import reflex as rx

from contractflow.components.shelf import add_button, shelf
from contractflow.components.shell import member_page
from contractflow.permissions import Permission as P
from contractflow.services.documents import KINDS
from contractflow.state.templates import TemplatesState

WHY = "A template is a whole document with blanks: new documents begin with it instead of a blank page."


def _add() -> rx.Component:
    return add_button("New template")


@member_page("/templates", "Templates", on_load=TemplatesState.load, needs=P.TEMPLATE_READ, action=_add)
def templates() -> rx.Component:
    return shelf("templates", "template", ("Kind", "Contents"), list(KINDS.items()), WHY)
