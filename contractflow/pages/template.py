"""One template: its clauses, its variables, its versions."""

import reflex as rx

from contractflow.components.clause_search import clause_search
from contractflow.components.missing import missing
from contractflow.components.shell import member_page
from contractflow.components.skeleton import loaded, skeleton_text
from contractflow.components.template_dialogs import dialogs
from contractflow.components.template_editor import add_clauses, outline, paper
from contractflow.components.template_rail import menu, primary_action, rail
from contractflow.permissions import Permission as P
from contractflow.services.documents import KINDS
from contractflow.state.clause_search import ClauseSearchState
from contractflow.state.template import TemplateState as State


@member_page(
    "/templates/[template_id]",
    "Template",
    heading=State.page.name,
    on_load=State.load,
    needs=P.TEMPLATE_READ,
    action=primary_action,
    menu=menu,
    desk=True,
)
def template() -> rx.Component:
    return loaded(
        State.is_loaded,
        rx.cond(State.is_missing, missing("template", "/templates"), _text()),
        rx.el.div(skeleton_text(6), class_name="cf-paper cf-paper--coming"),
    )


def _text() -> rx.Component:
    hidden = rx.fragment(
        dialogs("Kind", list(KINDS.items())), clause_search(ClauseSearchState.insert_into_template)
    )
    return rx.el.div(outline(), paper(add_clauses()), rail("Kind"), hidden, class_name="cf-document")
