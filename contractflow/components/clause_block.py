"""One clause on the paper: its text with the editor, where it comes from, and what can be done with it."""

import reflex as rx

from contractflow.components.block_editor import block_editor
from contractflow.components.buttons import icon_button, quiet
from contractflow.components.comments import block_comments, comment_button
from contractflow.components.dialog import confirm
from contractflow.components.icon import icon
from contractflow.components.rewrite import rewrite_of
from contractflow.services.documents.block_rows import BlockRow
from contractflow.state.clause_search import ClauseSearchState
from contractflow.state.document import DocumentState
from contractflow.state.writing import WritingState

page = DocumentState.page
LOCKED = "Only admins and above can change this clause or take it out."


def clause_block(block: BlockRow) -> rx.Component:
    return rx.el.section(
        block_editor(
            block_id=block.id,
            md=block.md,
            html=block.html,
            base=block.digest,
            stored=DocumentState.stored[block.id],
            editable=page.is_editable & ~block.is_fixed,
            error=DocumentState.errors[block.id],
            label=block.heading,
            on_save=DocumentState.save_block,
        ),
        _foot(block),
        rewrite_of(block),
        block_comments(block),
        key=block.id,
        class_name="cf-clause-block",
    )


def _foot(block: BlockRow) -> rx.Component:
    return rx.el.div(
        rx.el.span(
            rx.cond(block.is_locked, rx.el.span(icon("lock", 14), " Locked · ", title=LOCKED)),
            block.origin,
            rx.cond(block.at.ago, rx.el.time(f" · {block.at.ago}", title=block.at.tip)),
        ),
        comment_button(block),
        rx.cond(page.is_editable, _tools(block)),
        class_name="cf-block__foot",
    )


def _tools(block: BlockRow) -> rx.Component:
    remove = confirm(
        icon_button("trash-2", "Remove"),
        "Remove this clause?",
        "Its text goes with it. The versions before this one keep it.",
        "Remove",
        DocumentState.remove_block(block.id),
        destroys=True,
    )
    return rx.fragment(
        rx.cond(~block.is_fixed, quiet("Rewrite", "sparkles", on_click=WritingState.ask(block.id))),
        icon_button("library", "Insert a clause below", on_click=ClauseSearchState.begin(block.id)),
        icon_button("plus", "Add a clause below", on_click=DocumentState.add_block(block.id)),
        rx.cond(~block.is_fixed, remove),
    )
