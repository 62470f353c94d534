"""One client: the people there, projects, documents, invoices, and one line of time through all of it."""

import reflex as rx

from contractflow.components.buttons import link_button, secondary
from contractflow.components.client_people import client_dialogs, people
from contractflow.components.dialog import menu, menu_item
from contractflow.components.document_table import document_table
from contractflow.components.empty import empty
from contractflow.components.icon import link
from contractflow.components.invoice_table import invoice_table
from contractflow.components.missing import loaded_or_missing
from contractflow.components.notice import notice
from contractflow.components.pill import LEAD, PROJECT, pill
from contractflow.components.refused import new_document
from contractflow.components.sections import facts, section
from contractflow.components.shell import member_page
from contractflow.components.timeline import timeline
from contractflow.state.client import ClientState

page = ClientState.page


def _new() -> rx.Component:
    return rx.cond(page.is_archived, rx.fragment(), new_document(f"/documents/new?client={page.id}"))


def _menu() -> rx.Component:
    items = rx.cond(
        page.is_archived,
        menu_item("Restore", ClientState.restore),
        rx.fragment(
            menu_item("Edit", ClientState.show_edit),
            menu_item("Merge into another client", ClientState.show_merge),
            menu_item("Archive", ClientState.archive, destroys=True),
        ),
    )
    return rx.cond(page.can_edit, menu(secondary("More", "ellipsis"), items))


@member_page("/clients/[client_id]", "Client", heading=page.name, on_load=ClientState.load, action=_new, menu=_menu)  # fmt: skip
def client() -> rx.Component:
    found = rx.el.div(
        _standing(), _about(), people(), _leads(), _projects(), _documents(), _invoices(),
        section("Timeline", timeline(page.days)), client_dialogs(),
        class_name="cf-stack cf-stack--wide",
    )  # fmt: skip
    return loaded_or_missing(ClientState, "client", "/clients", found)


def _standing() -> rx.Component:
    into = page.merged_into
    merged = notice("info", "Merged", link(into.name, href=f"/clients/{into.id}"))
    words = "It is in no list and no choice; everything that was agreed stays here."
    archived = notice("info", "This client is archived", words)
    return rx.cond(page.is_archived, rx.cond(into.id, merged, archived))


def _about() -> rx.Component:
    kind = rx.cond(page.is_consumer, "Private person", "Company")
    parts = rx.el.span(
        rx.foreach(page.parts, lambda part: link(part.name, " ", href=f"/clients/{part.id}", key=part.id))
    )
    return section(
        "About",
        facts(
            ("Kind", kind),
            ("Legal name", rx.cond(page.legal_name, page.legal_name, "—")),
            ("Currency", page.currency),
            ("Address", rx.cond(page.address, rx.el.span(page.address, class_name="cf-said"), "—")),
            ("Merged into it", rx.cond(page.parts, parts, "—")),
        ),
    )


def _leads() -> rx.Component:
    return rx.cond(page.leads, section("Leads", _lines(page.leads, "/leads", LEAD)))


def _projects() -> rx.Component:
    add = link_button("Open project", f"/projects?client={page.id}", "plus", look="secondary")
    nothing = rx.el.p(
        "No project yet. A project holds the documents of one piece of work together.", class_name="cf-muted"
    )
    shown = rx.cond(page.projects, _lines(page.projects, "/projects", PROJECT), nothing)
    return section("Projects", shown, action=rx.cond(page.can_edit & ~page.is_archived, add))


def _lines(rows: rx.Var, where: str, looks: dict) -> rx.Component:
    def line(row) -> rx.Component:
        return rx.el.li(link(row.name, href=f"{where}/{row.id}"), pill(looks, row.status), key=row.id)

    return rx.el.ul(rx.foreach(rows, line), class_name="cf-lines")


def _documents() -> rx.Component:
    nothing = empty("file-text", "No documents with this client yet.")
    return section("Documents", rx.cond(page.documents, document_table("Documents", page.documents), nothing))


def _invoices() -> rx.Component:
    return rx.cond(page.invoices, section("Invoices", invoice_table("Invoices", page.invoices)))
