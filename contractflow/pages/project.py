"""One project: what is signed for it, its milestones, its documents with their change orders, and what happened."""

import reflex as rx

from contractflow.components.buttons import danger, link_button, primary, secondary
from contractflow.components.dialog import buttons, confirm, dialog, menu, menu_item
from contractflow.components.document_table import document_table
from contractflow.components.empty import empty
from contractflow.components.fields import form_error, text_field
from contractflow.components.icon import link
from contractflow.components.missing import loaded_or_missing
from contractflow.components.pill import INVOICE, PROJECT, pill
from contractflow.components.refused import new_document
from contractflow.components.sections import facts, section
from contractflow.components.shell import member_page
from contractflow.components.table import actions_cell, cell, name_cell, table, table_row, value_cell
from contractflow.components.timeline import timeline
from contractflow.services.projects import Base, Milestone
from contractflow.state.project import ProjectState

page = ProjectState.page
CANCELLING = (
    "It takes no new documents from then on, and cannot be resumed. What is signed stays signed and can still be changed by "
    "a change order; invoices stay as they are."
)
HEADINGS = ("Milestone", "Status", ("Due", "wide"), ("Document", "wide"), ("Amount", "value"), ("", "value"))


def _new() -> rx.Component:
    new = new_document(f"/documents/new?client={page.client_id}&project={page.id}")
    return rx.cond(page.status == "canceled", rx.fragment(), new)


def _menu() -> rx.Component:
    verbs = (
        (page.can_start, "Start", "start"),
        (page.can_resume, "Resume", "resume"),
        (page.can_hold, "Put on hold", "hold"),
        (page.can_complete, "Complete", "complete"),
    )
    items = [rx.cond(can, menu_item(words, ProjectState.move(verb))) for can, words, verb in verbs]
    cancel = menu_item("Cancel project", ProjectState.ask("cancel"), destroys=True)
    rename = menu_item("Rename", ProjectState.ask("rename"))
    return rx.cond(
        page.can_write, menu(secondary("More", "ellipsis"), *items, rename, rx.cond(page.can_cancel, cancel))
    )


@member_page("/projects/[project_id]", "Project", heading=page.name, on_load=ProjectState.load, action=_new, menu=_menu)  # fmt: skip
def project() -> rx.Component:
    found = rx.fragment(
        _about(), _milestones(), _documents(), section("Timeline", timeline(page.days)), _rename(), _cancel()
    )
    return loaded_or_missing(ProjectState, "project", "/projects", found)


def _about() -> rx.Component:
    return section(
        "About",
        facts(
            ("Status", pill(PROJECT, page.status)),
            ("Client", link(page.client, href=f"/clients/{page.client_id}")),
            ("Contract value", rx.el.span(page.value, class_name="cf-strong")),
            ("Invoiced", page.invoiced),
            ("Paid", page.paid),
        ),
    )


def _milestones() -> rx.Component:
    nothing = rx.el.p(
        "The payments of a document stand here once everybody has signed it.", class_name="cf-muted"
    )
    rows = table("Milestones", HEADINGS, page.milestones, _milestone)
    return section("Milestones", rx.cond(page.milestones, rows, nothing))


def _milestone(row: Milestone) -> rx.Component:
    return table_row(
        name_cell(row.label, f"/invoices/{row.id}"),
        cell(pill(INVOICE, row.pill)),
        cell(row.when, wide=True),
        cell(row.document, wide=True),
        value_cell(row.amount),
        actions_cell(rx.cond(row.can_reach, _reach(row)), always=True),
        key=row.id,
    )


def _reach(row: Milestone) -> rx.Component:
    words = f"The invoice of {row.amount} goes to the client by mail, at once."
    press = secondary("Mark reached", "flag", aria_label=f"Mark reached: {row.label}")
    return confirm(press, f"Is “{row.label}” reached?", words, "Mark reached", ProjectState.reach(row.id))


def _documents() -> rx.Component:
    nothing = empty("file-text", "No documents in this project yet.")
    return section(
        "Documents",
        rx.cond(page.documents, document_table("Documents", page.documents), nothing),
        rx.cond(
            page.bases, rx.el.div(rx.foreach(page.bases, _change), class_name="cf-stack cf-stack--tight")
        ),
    )


def _change(base: Base) -> rx.Component:
    """A change order is a document of its own, below the one it changes."""
    href = f"/documents/new?client={page.client_id}&project={page.id}&parent={base.id}"
    button = link_button(
        "New change order",
        href,
        "file-plus",
        look="secondary",
        aria_label=f"New change order to {base.title}",
    )
    return rx.el.div(
        rx.el.span(base.title, class_name="cf-clip"), button, class_name="cf-line cf-line--apart", key=base.id
    )


def _rename() -> rx.Component:
    return dialog(
        None,
        "Rename project",
        rx.el.form(
            text_field("Name", "name", value=page.name, error=ProjectState.errors["name"], max_length=200),
            form_error(ProjectState.errors["form"]),
            buttons(primary("Save", type="submit")),
            on_submit=ProjectState.rename,
            class_name="cf-stack",
            no_validate=True,
            key=page.name,
        ),
        is_open=ProjectState.dialog == "rename",
        on_open_change=ProjectState.ask(""),
    )


def _cancel() -> rx.Component:
    return dialog(
        None,
        rx.el.span("Cancel “", page.name, "”?"),
        buttons(danger("Cancel project", on_click=ProjectState.move("cancel")), cancel="Keep it"),
        words=CANCELLING,
        is_open=ProjectState.dialog == "cancel",
        on_open_change=ProjectState.ask(""),
    )
