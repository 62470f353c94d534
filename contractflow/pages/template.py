"""One template: its clauses, its variables, its versions."""

import reflex as rx

from contractflow.components.clause_search import clause_search
from contractflow.components.shelf_page import shelf_page
from contractflow.components.template_dialogs import dialogs
from contractflow.components.template_editor import add_clauses, outline, paper
from contractflow.components.template_rail import rail
from contractflow.services.documents import KINDS
from contractflow.state.clause_search import ClauseSearchState


@shelf_page("template")
def template() -> rx.Component:
    search = clause_search(ClauseSearchState.insert_into_template)
    hidden = rx.fragment(dialogs("Kind", list(KINDS.items())), search)
    return rx.el.div(outline(), paper(add_clauses()), rail("Kind"), hidden, class_name="cf-document")
