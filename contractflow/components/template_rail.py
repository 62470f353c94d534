"""Beside the text of a template or a clause: where it stands, its variables, its versions; and what moves it on."""

from __future__ import annotations

import reflex as rx

from contractflow.components.buttons import icon_button, link_button, primary, quiet, secondary
from contractflow.components.dialog import menu as menu_of
from contractflow.components.dialog import menu_item
from contractflow.components.icon import link
from contractflow.components.pill import TEMPLATE, pill
from contractflow.components.sections import facts, section
from contractflow.services.templates import VariableSettings, VersionRow
from contractflow.state.template import TemplateState as State

page = State.page
NEXT = rx.match(
    page.status,
    ("draft", "A draft: nobody uses it until it is published."),
    ("published", "In use: new documents take this version."),
    "Put away: no new document takes it.",
)


def primary_action() -> rx.Component:
    """The one thing to do next; who may not publish reads why."""
    refused = page.why_not["publish"]
    publish = primary(
        "Publish", "check", on_click=State.publish, blocked=rx.cond(refused, True, False), why=refused
    )
    new_version = secondary("New version", "pencil", on_click=State.revise)
    use = link_button("Use template", f"/documents/new?template={page.id}", "file-plus")
    in_use = rx.cond((page.status == "published") & (page.kind == "document"), use)
    return rx.cond(
        State.is_loaded & ~State.is_missing,
        rx.cond(
            page.status == "draft",
            publish,
            rx.fragment(rx.cond(page.can["revise"], new_version), in_use),
        ),
    )


def menu() -> rx.Component:
    lock = rx.cond(
        page.is_locked, menu_item("Unlock", State.lock(False)), menu_item("Lock", State.lock(True))
    )
    shown = (page.can["edit"] | page.can["archive"] | page.can["discard"]) | (
        page.can["lock"] & (page.kind == "clause")
    )
    return rx.cond(
        State.is_loaded & ~State.is_missing & shown,
        menu_of(
            icon_button("ellipsis", "More"),
            rx.cond(page.can["edit"], menu_item("Rename", State.open_dialog("describe"))),
            rx.cond(page.can["lock"] & (page.kind == "clause"), lock),
            rx.cond(page.can["archive"], menu_item("Archive", State.open_dialog("archive"), destroys=True)),
            rx.cond(page.can["discard"], menu_item("Discard", State.open_dialog("discard"), destroys=True)),
        ),
    )


def rail(group: str) -> rx.Component:
    return rx.el.aside(
        rx.el.div(
            rx.el.div(pill(TEMPLATE, page.status), class_name="cf-line"),
            rx.el.p(NEXT, class_name="cf-next", role="status"),
            rx.cond(page.about, rx.el.p(page.about, class_name="cf-muted")),
            facts((group, page.group), ("Version", page.version)),
            class_name="cf-stack cf-stack--tight",
        ),
        rx.cond(page.variables, section("Variables", rx.foreach(page.variables, _variable))),
        rx.cond(page.filled, section("Filled in by itself", rx.foreach(page.filled, _filled))),
        section("Versions", rx.foreach(page.versions, _version)),
        class_name="cf-document__rail cf-stack",
        aria_label="About this text",
        tab_index=0,  # it scrolls by itself, so the keyboard has to reach it
    )


def _variable(row: VariableSettings) -> rx.Component:
    default = rx.cond(row.default, rx.fragment(" · ", row.default))
    return rx.el.div(
        rx.el.span(
            row.label,
            rx.el.br(),
            rx.el.small(row.type_words, default, class_name="cf-muted"),
        ),
        rx.cond(
            page.is_editable,
            quiet("Change", on_click=State.ask(row.name), aria_label="Change " + row.label),
        ),
        class_name="cf-line cf-line--apart",
        key=row.name,
    )


def _filled(words: str) -> rx.Component:
    return rx.el.p(words, class_name="cf-muted cf-small", key=words)


def _version(row: VersionRow) -> rx.Component:
    where = rx.cond(page.kind == "clause", "/clauses/", "/templates/")
    name = rx.el.span("Version ", row.number)
    return rx.el.div(
        rx.cond(row.is_this, name, link(name, href=where + row.id)),
        rx.el.span(
            rx.el.time(row.changed.ago, title=row.changed.tip, class_name="cf-muted cf-small"),
            pill(TEMPLATE, row.status),
            class_name="cf-line",
        ),
        class_name="cf-line cf-line--apart",
        key=row.id,
    )
