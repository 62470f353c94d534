"""One clause of the library: the wording you prefer, and the one you settle for."""

import reflex as rx

from contractflow.components.shelf_page import shelf_page
from contractflow.components.template_dialogs import dialogs
from contractflow.components.template_editor import add_fallback, outline, paper
from contractflow.components.template_rail import rail
from contractflow.services.templates import CATEGORIES


@shelf_page("clause")
def clause() -> rx.Component:
    hidden = rx.fragment(dialogs("Shelf", list(CATEGORIES.items())))
    return rx.el.div(outline(), paper(add_fallback()), rail("Shelf"), hidden, class_name="cf-document")
