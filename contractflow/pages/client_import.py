"""Clients › Import: choose a CSV file, see what each row would do, then add the good ones and take the bad ones home."""

import reflex as rx

from contractflow.components.buttons import link_button, primary
from contractflow.components.copy_button import copy_button
from contractflow.components.fields import form_error, text_area
from contractflow.components.file_text import file_text
from contractflow.components.notice import notice
from contractflow.components.pill import hued_pill
from contractflow.components.sections import section
from contractflow.components.shell import member_page
from contractflow.components.skeleton import loaded, skeleton_text
from contractflow.components.table import cell, name_cell, table, table_row, value_cell, words_cell
from contractflow.permissions import Permission as P
from contractflow.services.clients import ImportedRow
from contractflow.state.client_import import ClientImportState

preview = ClientImportState.preview
HEADINGS = ("Client", "Outcome", ("Contact", "wide"), ("Email", "wide"), ("Line", "value"))
HELP = (
    "The first line names the columns: client, contact, email; if you like title, currency, legal name, address. Commas, "
    "semicolons and tabs all work. At most 500 clients at a time."
)


def _back() -> rx.Component:
    return link_button("Back to clients", "/clients", look="secondary")


@member_page(
    "/clients/import", "Import clients", on_load=ClientImportState.load, needs=P.CLIENT_WRITE, menu=_back
)
def client_import() -> rx.Component:
    shown = rx.el.div(
        _form(), rx.cond(ClientImportState.is_previewed, _preview()), class_name="cf-stack cf-stack--wide"
    )
    return loaded(
        ClientImportState.is_loaded, shown, skeleton_text()
    )  # a preview before it is ready would be lost


def _form() -> rx.Component:
    return rx.el.form(
        file_text(into="text", label="CSV file", accept=".csv,.txt,.tsv,text/csv"),
        text_area(
            "Lines",
            "text",
            rows=8,
            help=HELP,
            placeholder="client,contact,email\nHelios Coffee,Clara Voss,clara@helios.test",
            error=ClientImportState.errors["text"],
        ),
        form_error(ClientImportState.errors["form"]),
        rx.el.div(primary("Preview", "eye", type="submit"), class_name="cf-line"),
        on_submit=ClientImportState.look,
        class_name="cf-form",
        no_validate=True,
    )


def _preview() -> rx.Component:
    take = primary(
        rx.cond(preview.new == 1, "Add 1 client", f"Add {preview.new} clients"),
        "plus",
        on_click=ClientImportState.take_over,
        blocked=preview.new == 0,
        why=rx.cond(preview.new == 0, "There is nothing new in it.", ""),
    )
    words = f"{preview.new} new, {preview.known} already there, {preview.bad} that cannot be used."
    added = rx.cond(preview.new == 1, "1 client added", f"{preview.new} clients added")
    done = notice("good", added, _back())
    return section(
        "Preview",
        rx.cond(
            ClientImportState.is_done,
            done,
            rx.el.div(rx.el.p(words), take, class_name="cf-line cf-line--apart"),
        ),
        rx.cond(preview.bad, _report()),
        table("Rows", HEADINGS, preview.rows, _row),
    )


def _report() -> rx.Component:
    words = "The rows that cannot be used are left alone. Copy them with the reason, mend them, and import only those."
    return notice("warning", "Some rows cannot be used", words, copy_button(preview.report, "the bad rows"))


def _row(row: ImportedRow) -> rx.Component:
    outcome = rx.match(
        row.status,
        ("new", hued_pill("New", "plus", "grass")),
        ("known", hued_pill("Already there", "check", "slate")),
        rx.el.span(hued_pill("Not usable", "circle-alert", "red"), rx.el.span(row.problem, class_name="cf-small"), class_name="cf-line cf-line--wrap"),
    )  # fmt: skip
    return table_row(
        name_cell(rx.cond(row.name, row.name, "—")),
        words_cell(outcome),
        cell(row.contact, wide=True),
        cell(row.email, wide=True),
        value_cell(row.line),
        key=row.line,
    )
