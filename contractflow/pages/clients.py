"""All clients, and adding one."""

import reflex as rx

from contractflow.components.buttons import link_button, primary, secondary
from contractflow.components.client_fields import address_and_kind, currency_field, name_field
from contractflow.components.dialog import buttons, dialog
from contractflow.components.empty import empty
from contractflow.components.fields import form_error, text_field
from contractflow.components.refused import blocked_without
from contractflow.components.search import search_field
from contractflow.components.sections import tabs
from contractflow.components.shell import member_page
from contractflow.components.skeleton import loaded
from contractflow.components.table import (
    cell,
    name_cell,
    pager,
    table,
    table_row,
    toolbar,
    value_cell,
    who_cell,
)
from contractflow.permissions import Permission as P
from contractflow.services.clients import ClientRow
from contractflow.state.clients import ClientsState
from contractflow.state.frame import FrameState

VIEWS = (("", "Clients", "/clients"), ("archived", "Archived", "/clients?view=archived"))
HEADINGS = ("Client", ("Contact", "wide"), ("Currency", "wide"), ("Documents", "value"))


def _add() -> rx.Component:
    return primary(
        "Add client", "plus", on_click=ClientsState.show_form(True), **blocked_without(P.CLIENT_WRITE)
    )


def _import() -> rx.Component:
    go = link_button("Import", "/clients/import", "upload", look="secondary")
    return rx.cond(FrameState.refusals[P.CLIENT_WRITE], rx.fragment(), go)


@member_page("/clients", "Clients", on_load=ClientsState.load, action=_add, menu=_import)
def clients() -> rx.Component:
    view = rx.cond(ClientsState.archived, "archived", "")
    return rx.el.div(
        tabs("Views", view, VIEWS),
        toolbar(search_field("Search clients", ClientsState.text, ClientsState.search)),
        loaded(ClientsState.is_loaded, _list()),
        _form(),
        class_name="cf-stack",
    )


def _list() -> rx.Component:
    return rx.cond(
        ClientsState.rows,
        rx.fragment(table("Clients", HEADINGS, ClientsState.rows, _row), _more()),
        rx.cond(
            ClientsState.text,
            empty("search", "No client matches.", link_button("Show all", "/clients", look="secondary")),
            rx.cond(ClientsState.archived, empty("archive", "No client is archived."), _none_yet()),
        ),
    )


def _none_yet() -> rx.Component:
    words = "A client is a company you write contracts for, and the people there who sign."
    return empty("briefcase", words, _add())


def _more() -> rx.Component:
    return rx.cond(ClientsState.after, pager("", secondary("Show more", on_click=ClientsState.more)))


def _row(row: ClientRow) -> rx.Component:
    noun = rx.cond(row.documents == "1", " document", " documents")
    return table_row(
        name_cell(row.name, f"/clients/{row.id}"),
        who_cell(row.contact),
        cell(row.currency, wide=True),
        value_cell(rx.fragment(row.documents, rx.el.span(noun, class_name="cf-phone-only cf-muted"))),
        key=row.id,
    )


def _form() -> rx.Component:
    return dialog(
        None,
        "Add client",
        rx.el.form(
            _company(),
            _contact(),
            form_error(ClientsState.errors["form"]),
            _done(),
            on_submit=ClientsState.add,
            class_name="cf-stack",
            no_validate=True,
        ),
        words="The company, and the person there who signs.",
        is_open=ClientsState.is_adding,
        on_open_change=ClientsState.show_form,
    )


def _company() -> rx.Component:
    errors = ClientsState.errors
    return rx.el.div(
        name_field(errors),
        currency_field(errors, ClientsState.currency),
        address_and_kind(errors),
        class_name="cf-stack",
    )


def _contact() -> rx.Component:
    return rx.el.div(
        text_field(
            "Contact name",
            "contact_name",
            error=ClientsState.errors["contact_name"],
            placeholder="Clara Voss",
        ),
        text_field(
            "Contact email", "contact_email", type="email", error=ClientsState.errors["contact_email"]
        ),
        class_name="cf-stack",
    )


def _done() -> rx.Component:
    return buttons(primary("Add client", type="submit"))
