"""The people at a client, and the dialogs of a client's page."""

import reflex as rx

from contractflow.components.buttons import icon_button, primary, secondary
from contractflow.components.client_fields import address_and_kind, currency_field, name_field
from contractflow.components.dialog import buttons, dialog, menu, menu_item
from contractflow.components.fields import form_error, select_field, text_field
from contractflow.components.sections import section
from contractflow.components.table import actions_cell, cell, name_cell, table, table_row, who_cell
from contractflow.services.clients import ContactRow
from contractflow.state.client import ClientState

page, editing, errors = ClientState.page, ClientState.editing, ClientState.errors
EDITING = "What is written, signed or invoiced keeps the name and address it has."
MERGING = (
    "What belongs to this client is then on the page of the other one. Signed documents and invoices keep the name they "
    "were made out to. Restore takes the two apart again."
)


def people() -> rx.Component:
    may = page.can_edit & ~page.is_archived
    add = rx.cond(may, secondary("Add contact", "plus", on_click=ClientState.show_form("")))
    headings = ("Name", ("Email", "wide"), ("Role", "wide"), ("", "value"))
    return section("Contacts", table("Contacts", headings, page.contacts, _contact), action=add)


def _contact(row: ContactRow) -> rx.Component:
    first = rx.el.span("Signs and pays", class_name="cf-table__note cf-table__note--below")
    return table_row(
        name_cell(row.name, note=rx.cond(row.is_primary, first)),
        who_cell(row.email),
        cell(row.title, wide=True),
        actions_cell(rx.cond(page.can_edit & ~page.is_archived, _actions(row))),
        key=row.id,
    )


def _actions(row: ContactRow) -> rx.Component:
    others = rx.cond(
        row.is_primary,
        rx.fragment(),
        rx.fragment(
            menu_item("Make first contact", ClientState.make_primary(row.id)),
            menu_item("Remove", ClientState.remove_contact(row.id), destroys=True),
        ),
    )
    trigger = icon_button("ellipsis", f"Actions for {row.name}")
    return menu(trigger, menu_item("Edit", ClientState.show_form(row.id)), others)


def client_dialogs() -> rx.Component:
    return rx.fragment(_edit_form(), _contact_form(), _merge_form())


def _edit_form() -> rx.Component:
    return dialog(
        None,
        "Edit client",
        rx.el.form(
            name_field(errors, page.name),
            text_field(
                "Legal name", "legal_name", value=page.legal_name, required=False,
                help="As it stands in contracts, if it is another one.", error=errors["legal_name"],
            ),
            currency_field(errors, page.currency, "For what is new: documents and invoices keep theirs."),
            address_and_kind(errors, page),
            form_error(errors["form"]),
            buttons(primary("Save", type="submit")),
            on_submit=ClientState.change,
            class_name="cf-stack",
            no_validate=True,
        ),
        words=EDITING,
        is_open=ClientState.dialog == "client",
        on_open_change=ClientState.close,
    )  # fmt: skip


def _contact_form() -> rx.Component:
    words = rx.cond(editing.id, "Edit contact", "Add contact")
    return dialog(
        None,
        words,
        rx.el.form(
            text_field("Contact name", "contact_name", value=editing.name, error=errors["contact_name"]),
            text_field("Contact email", "contact_email", type="email", value=editing.email, error=errors["contact_email"]),
            text_field("Title", "contact_title", value=editing.title, required=False, error=errors["contact_title"]),
            form_error(errors["form"]),
            buttons(primary(rx.cond(editing.id, "Save contact", "Add contact"), type="submit")),
            on_submit=ClientState.save_contact,
            class_name="cf-stack",
            no_validate=True,
            key=editing.id,
        ),
        is_open=ClientState.dialog == "contact",
        on_open_change=ClientState.close,
    )  # fmt: skip


def _merge_form() -> rx.Component:
    return dialog(
        None,
        "Merge into another client",
        rx.el.form(
            select_field(
                "Client", "into", ClientState.others, nothing="Choose the client it is", error=errors["into"]
            ),
            form_error(errors["form"]),
            buttons(primary("Merge", type="submit")),
            on_submit=ClientState.merge,
            class_name="cf-stack",
            no_validate=True,
        ),
        words=MERGING,
        is_open=ClientState.dialog == "merge",
        on_open_change=ClientState.close,
    )
