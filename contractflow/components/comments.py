"""Comments around a document: below each block, and all of them in the rail."""

from __future__ import annotations

import reflex as rx

from contractflow.components.buttons import quiet
from contractflow.components.comment_thread import thread, write
from contractflow.components.icon import anchor, icon
from contractflow.components.pill import hued_pill
from contractflow.components.sections import section
from contractflow.services.comments import ThreadRow
from contractflow.services.documents.block_rows import BlockRow
from contractflow.state.comments import CommentsState as State
from contractflow.state.document import DocumentState

threads = DocumentState.threads


def comment_button(block: BlockRow) -> rx.Component:
    """Beside a block: how many open threads it has, and the way to them."""
    number = threads.counts[block.id]
    button = quiet(
        rx.cond(number, number, "Comment"),
        "message-square",
        on_click=State.open(block.id),
        aria_expanded=rx.cond(State.about == block.id, "true", "false"),
        aria_label=rx.cond(number, number + ": " + block.heading, "Comment on " + block.heading),
        data_said=rx.cond(number, "true", "false"),
    )
    return rx.cond(threads.can_write | threads.had[block.id], button)


def block_comments(block: BlockRow) -> rx.Component:
    """Below a block, when they stand open."""
    said = rx.foreach(threads.on_blocks, lambda row: rx.cond(row.block_id == block.id, thread(row)))
    leave = State.open(block.id)
    first = ~threads.had[block.id]  # who comes to read has no keyboard put before the words
    new = write("Comment on " + block.heading, f"block-{block.id}", block.id, focused=first, on_cancel=leave)
    panel = rx.el.section(
        said,
        rx.cond(threads.can_write, new),
        class_name="cf-comments cf-stack",
        aria_label="Comments on " + block.heading,
    )
    return rx.cond(State.about == block.id, panel)


def comments_section() -> rx.Component:
    """In the rail: about all of it in full, about blocks as the way there."""
    gone = rx.el.div(
        rx.el.h3("About text that is no longer there", class_name="cf-comments__title"),
        rx.foreach(threads.on_gone, _gone),
        class_name="cf-stack",
    )
    return section(
        "Comments",
        rx.cond(threads.on_document, rx.foreach(threads.on_document, thread)),
        rx.cond(
            threads.on_blocks, rx.el.ul(rx.foreach(threads.on_blocks, _line), class_name="cf-comments__lines")
        ),
        rx.cond(threads.on_gone, gone),
        rx.cond(threads.is_cut, rx.el.p("The newest thousand are shown.", class_name="cf-muted cf-small")),
        _write(),
        action=rx.el.span(threads.open, class_name="cf-muted cf-small"),
    )


def _write() -> rx.Component:
    nothing = ~threads.on_document & ~threads.on_blocks & ~threads.on_gone
    new = write("Comment on the document", "document", "", focused=False)
    return rx.fragment(
        rx.cond(
            nothing,
            rx.el.p(
                "Nobody has commented. Ask a colleague with @, or share a question with the client.",
                class_name="cf-muted cf-small",
            ),
        ),
        rx.cond(threads.can_write, new, rx.el.p(threads.why_not, class_name="cf-muted cf-small")),
    )


def _gone(row: ThreadRow) -> rx.Component:
    return rx.el.div(
        rx.cond(row.about, rx.el.p(row.about, class_name="cf-muted cf-small")), thread(row), key=row.id
    )


def _line(row: ThreadRow) -> rx.Component:
    return rx.el.li(
        anchor(
            rx.el.span(
                rx.cond(row.is_resolved, icon("check", 14), icon("message-square", 14)),
                rx.el.strong(row.about, class_name="cf-clip"),
                rx.cond(row.is_shared, hued_pill("Shared", "eye", "blue")),
                class_name="cf-line",
            ),
            rx.el.span(row.gist, class_name="cf-muted cf-small"),
            rx.cond(row.others, rx.el.span(row.others, class_name="cf-muted cf-small")),
            href=f"#block-{row.block_id}",
            on_click=State.show(row.block_id),
        ),
        key=row.id,
    )
