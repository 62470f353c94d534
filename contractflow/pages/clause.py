"""One clause of the library: the wording you prefer, and the one you settle for."""

import reflex as rx

from contractflow.components.missing import missing
from contractflow.components.shell import member_page
from contractflow.components.skeleton import loaded, skeleton_text
from contractflow.components.template_dialogs import dialogs
from contractflow.components.template_editor import add_fallback, outline, paper
from contractflow.components.template_rail import menu, primary_action, rail
from contractflow.permissions import Permission as P
from contractflow.services.templates import CATEGORIES
from contractflow.state.template import TemplateState as State


@member_page(
    "/clauses/[template_id]",
    "Clause",
    heading=State.page.name,
    on_load=State.load,
    needs=P.TEMPLATE_READ,
    action=primary_action,
    menu=menu,
    desk=True,
)
def clause() -> rx.Component:
    return loaded(
        State.is_loaded,
        rx.cond(State.is_missing, missing("clause", "/clauses"), _text()),
        rx.el.div(skeleton_text(6), class_name="cf-paper cf-paper--coming"),
    )


def _text() -> rx.Component:
    hidden = rx.fragment(dialogs("Shelf", list(CATEGORIES.items())))
    return rx.el.div(outline(), paper(add_fallback()), rail("Shelf"), hidden, class_name="cf-document")
