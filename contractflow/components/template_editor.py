"""The text of a template or a clause, part by part, edited where it stands."""

from __future__ import annotations

import reflex as rx

from contractflow.components.block_editor import block_editor
from contractflow.components.buttons import icon_button, quiet
from contractflow.components.icon import anchor, icon
from contractflow.components.notice import notice
from contractflow.services.templates import PartRow
from contractflow.state.clause_search import ClauseSearchState
from contractflow.state.template import TemplateState as State

page = State.page


def outline() -> rx.Component:
    return rx.el.nav(
        rx.foreach(page.parts, lambda part: anchor(part.heading, href=f"#block-{part.id}", key=part.id)),
        class_name="cf-document__outline cf-outline",
        aria_label="Outline",
    )


def paper(*below: rx.Component) -> rx.Component:
    return rx.el.div(
        _starter_note(),
        rx.el.article(
            rx.el.h2(page.name, class_name="cf-paper__title"),
            rx.foreach(page.parts, _part),
            *below,
            class_name="cf-paper",
            aria_label="Text",
        ),
        class_name="cf-document__paper cf-stack",
    )


def add_clauses() -> rx.Component:
    """Below the last clause of a template."""
    return rx.cond(
        page.is_editable,
        rx.el.div(
            quiet("Insert a clause", "library", on_click=ClauseSearchState.begin(page.last_part)),
            quiet("Write a clause", "pencil", on_click=State.add_part(page.last_part)),
            class_name="cf-line cf-line--wrap",
        ),
    )


def add_fallback() -> rx.Component:
    """Below the preferred position of a clause."""
    return rx.cond(
        page.is_editable & ~page.has_fallback,
        quiet("Add a fallback position", "plus", on_click=State.add_part("")),
    )


def _starter_note() -> rx.Component:
    return rx.cond(
        page.is_starter,
        notice(
            "info",
            "A starting point, not legal advice",
            "It came with ContractFlow. Make it yours, and have a lawyer look at it before you rely on it.",
        ),
    )


def _part(part: PartRow) -> rx.Component:
    position = rx.cond(page.kind == "clause", rx.el.h3(part.heading, class_name="cf-position"))
    return rx.el.section(
        position,
        block_editor(
            block_id=part.id,
            md=part.md,
            html=part.html,
            base=part.digest,
            stored=State.stored[part.id],
            editable=part.is_editable,
            error=State.errors[part.id],
            label=part.heading,
            on_save=State.save_part,
        ),
        rx.el.div(
            rx.el.span(rx.cond(part.is_locked, _locked()), class_name="cf-line"),
            rx.cond(page.is_editable, _tools(part)),
            class_name="cf-block__foot",
        ),
        key=part.id,
        class_name="cf-clause-block",
    )


def _locked() -> rx.Component:
    return rx.fragment(icon("lock", 14), " Locked")


def _tools(part: PartRow) -> rx.Component:
    remove = icon_button("trash-2", "Remove", on_click=State.remove_part(part.id))
    in_template = rx.fragment(
        icon_button("arrow-up", "Move up", on_click=State.move_part(part.id, True)),
        icon_button("arrow-down", "Move down", on_click=State.move_part(part.id, False)),
        icon_button("library", "Insert a clause below", on_click=ClauseSearchState.begin(part.id)),
        icon_button("plus", "Write a clause below", on_click=State.add_part(part.id)),
        rx.cond(page.can["lock"], _lock(part)),
        remove,
    )
    return rx.cond(page.kind == "clause", rx.cond(part.id == "fallback", remove), in_template)


def _lock(part: PartRow) -> rx.Component:
    return rx.cond(
        part.is_locked,
        icon_button("lock-open", "Unlock", on_click=State.lock_part(part.id, False)),
        icon_button("lock", "Lock", on_click=State.lock_part(part.id, True)),
    )
