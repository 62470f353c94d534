"""All projects, and opening one."""

import reflex as rx

from contractflow.components.buttons import link_button, primary, secondary
from contractflow.components.dialog import buttons, dialog
from contractflow.components.empty import empty
from contractflow.components.fields import form_error, select_field, text_field
from contractflow.components.pill import PROJECT, pill
from contractflow.components.refused import blocked_without
from contractflow.components.sections import tabs
from contractflow.components.shell import member_page
from contractflow.components.skeleton import loaded
from contractflow.components.table import cell, name_cell, pager, table, table_row, value_cell, who_cell
from contractflow.permissions import Permission as P
from contractflow.services.projects import ProjectRow
from contractflow.state.projects import ProjectsState

HEADINGS = ("Project", "Status", ("Client", "wide"), ("Signed", "value"))
VIEWS = (
    ("", "All", "/projects"),
    *((key, look.word, f"/projects?status={key}") for key, look in PROJECT.items()),
)


def _add() -> rx.Component:
    return primary(
        "Open project", "plus", on_click=ProjectsState.show_form(True), **blocked_without(P.PROJECT_WRITE)
    )


@member_page("/projects", "Projects", on_load=ProjectsState.load, action=_add)
def projects() -> rx.Component:
    return rx.el.div(
        tabs("Projects by status", ProjectsState.status, VIEWS),
        loaded(ProjectsState.is_loaded, rx.cond(ProjectsState.rows, _list(), _nothing())),
        _form(),
        class_name="cf-stack",
    )


def _list() -> rx.Component:
    more = pager("", secondary("Show more", on_click=ProjectsState.more))
    rows = table("Projects", HEADINGS, ProjectsState.rows, _row)
    return rx.fragment(rows, rx.cond(ProjectsState.after, more))


def _nothing() -> rx.Component:
    words = "A project holds the documents, milestones and invoices of one piece of work together."
    all_of_them = link_button("Show all", "/projects", look="secondary")
    none_yet = empty("folder", words, _add())
    return rx.cond(
        ProjectsState.status, empty("search", "No project is in this state.", all_of_them), none_yet
    )


def _row(row: ProjectRow) -> rx.Component:
    return table_row(
        name_cell(row.name, f"/projects/{row.id}"),
        cell(pill(PROJECT, row.status)),
        who_cell(row.client),
        value_cell(row.value),
        key=row.id,
    )


def _form() -> rx.Component:
    errors = ProjectsState.errors
    return dialog(
        None,
        "Open project",
        rx.el.form(
            select_field(
                "Client",
                "client_id",
                ProjectsState.clients,
                nothing="Choose a client",
                value=ProjectsState.client_id,
                error=errors["client_id"],
            ),
            text_field("Name", "name", error=errors["name"], placeholder="Website relaunch", max_length=200),
            form_error(errors["form"]),
            buttons(primary("Open project", type="submit")),
            on_submit=ProjectsState.add,
            class_name="cf-stack",
            no_validate=True,
        ),
        is_open=ProjectsState.is_adding,
        on_open_change=ProjectsState.show_form,
    )
