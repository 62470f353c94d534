"""One client: contacts and documents."""

import reflex as rx

from contractflow.components.buttons import primary, secondary
from contractflow.components.dialog import buttons, dialog
from contractflow.components.document_table import document_table
from contractflow.components.empty import empty
from contractflow.components.fields import form_error, text_field
from contractflow.components.missing import missing
from contractflow.components.refused import new_document
from contractflow.components.sections import facts, section
from contractflow.components.shell import member_page
from contractflow.components.skeleton import loaded
from contractflow.components.table import cell, name_cell, table, table_row, who_cell
from contractflow.services.clients import ContactRow
from contractflow.state.client import ClientState

page = ClientState.page


def _new() -> rx.Component:
    return new_document(f"/documents/new?client={page.id}")


@member_page("/clients/[client_id]", "Client", heading=page.name, on_load=ClientState.load, action=_new)
def client() -> rx.Component:
    return loaded(
        ClientState.is_loaded,
        rx.cond(
            ClientState.is_missing,
            missing("client", "/clients"),
            rx.el.div(_about(), _contacts(), _documents(), class_name="cf-stack cf-stack--wide"),
        ),
    )


def _about() -> rx.Component:
    kind = rx.cond(page.is_consumer, "Private person", "Company")
    return section(
        "About",
        facts(
            ("Kind", kind), ("Currency", page.currency), ("Address", rx.cond(page.address, page.address, "—"))
        ),
    )


def _contacts() -> rx.Component:
    add = rx.cond(page.can_edit, secondary("Add contact", "plus", on_click=ClientState.show_form(True)))
    return section(
        "Contacts",
        table("Contacts", ("Name", ("Email", "wide"), ("Role", "wide")), page.contacts, _contact),
        _form(),
        action=add,
    )


def _contact(row: ContactRow) -> rx.Component:
    return table_row(
        name_cell(row.name),
        who_cell(row.email),
        cell(rx.cond(row.is_primary, "Signs and pays", row.title), wide=True),
        key=row.id,
    )


def _documents() -> rx.Component:
    nothing = empty("file-text", "No documents with this client yet.")
    return section("Documents", rx.cond(page.documents, document_table("Documents", page.documents), nothing))


def _form() -> rx.Component:
    return dialog(
        None,
        "Add contact",
        rx.el.form(
            text_field("Contact name", "contact_name", error=ClientState.errors["contact_name"]),
            text_field(
                "Contact email", "contact_email", type="email", error=ClientState.errors["contact_email"]
            ),
            text_field("Title", "contact_title", required=False, error=ClientState.errors["contact_title"]),
            form_error(ClientState.errors["form"]),
            buttons(primary("Add contact", type="submit")),
            on_submit=ClientState.add_contact,
            class_name="cf-stack",
            no_validate=True,
        ),
        is_open=ClientState.is_adding,
        on_open_change=ClientState.show_form,
    )
