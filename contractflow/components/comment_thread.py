"""A thread of comments as members see it: who said what, answering, changing one's own, settling."""

from __future__ import annotations

from typing import Any

import reflex as rx

from contractflow.components.buttons import icon_button, quiet
from contractflow.components.comment_field import Arrived, comment_field
from contractflow.components.comment_words import words
from contractflow.components.dialog import confirm
from contractflow.components.icon import Text, icon
from contractflow.components.pill import hued_pill
from contractflow.services.comments import CommentRow, ThreadRow
from contractflow.state.comments import CommentsState as State


def thread(row: ThreadRow) -> rx.Component:
    """A settled one is folded away."""
    body = rx.el.div(
        rx.el.ol(rx.foreach(row.comments, _comment), class_name="cf-thread__said"),
        _foot(row),
        class_name="cf-stack cf-stack--tight",
    )
    folded = rx.el.details(
        rx.el.summary(icon("check", 14), rx.el.span(row.gist, class_name="cf-clip"), class_name="cf-line"),
        body,
    )
    return rx.el.article(
        rx.cond(State.wanted == row.id, Arrived.create()),
        rx.el.div(_pills(row), class_name="cf-line cf-line--wrap"),
        rx.cond(row.is_resolved, folded, body),
        class_name="cf-thread cf-stack cf-stack--tight",
        aria_label="Comment: " + row.gist,
        data_wanted=rx.cond(State.wanted == row.id, "true", "false"),
        key=row.id,
    )


def write(label: Text, name: Text, block_id: Text, **props: Any) -> rx.Component:
    """A new thread, on a block or (with no block) on the document."""
    return comment_field(
        label,
        "Comment",
        name=name,
        state=State,
        placeholder="Write, @ names a colleague",
        can_share=True,
        people=State.people,
        asked=State.asked,
        on_find=State.find,
        on_send=lambda key, said: State.start(block_id, key, said),
        **props,
    )


def _pills(row: ThreadRow) -> rx.Component:
    return rx.fragment(
        rx.cond(row.is_change_request, hued_pill("Change request", "undo-2", "amber")),
        rx.cond(
            row.is_shared,
            hued_pill("Shared with client", "eye", "blue"),
            hued_pill("Internal", "lock", "slate"),
        ),
        rx.cond(row.resolved, rx.el.span(row.resolved, class_name="cf-muted cf-small")),
    )


def _comment(row: CommentRow) -> rx.Component:
    said = rx.cond(
        row.is_deleted, rx.el.p("deleted", class_name="cf-muted cf-thread__gone"), words(row.parts)
    )
    return rx.el.li(
        rx.el.div(
            rx.el.span(
                rx.el.strong(row.author),
                rx.cond(row.is_client, " · client", ""),
                rx.el.time(" · ", row.at.ago, title=row.at.tip, class_name="cf-muted"),
                rx.cond(row.is_edited, rx.el.span(" · edited", class_name="cf-muted")),
                class_name="cf-small",
            ),
            rx.cond(row.can_edit, _own(row)),
            class_name="cf-line cf-line--apart",
        ),
        rx.cond(State.editing == row.id, _edit(row), said),
        key=row.id,
    )


def _own(row: CommentRow) -> rx.Component:
    remove = confirm(
        icon_button("trash-2", "Delete comment"),
        "Delete this comment?",
        "Its words are gone for everybody. That there was one stays.",
        "Delete",
        State.delete(row.id),
        destroys=True,
    )
    change = icon_button("pencil", "Edit comment", on_click=State.change(row.id))
    return rx.el.span(change, remove, class_name="cf-thread__own")


def _edit(row: CommentRow) -> rx.Component:
    return comment_field(
        "Edit comment",
        "Save",
        name=f"edit-{row.id}",
        state=State,
        initial=row.source,
        people=State.people,
        asked=State.asked,
        on_find=State.find,
        on_send=lambda key, said: State.edit(row.id, key, said),
        on_cancel=State.change(""),
    )


def _foot(row: ThreadRow) -> rx.Component:
    answer = comment_field(
        "Reply",
        "Reply",
        name=f"reply-{row.id}",
        state=State,
        placeholder=rx.cond(row.is_shared, "The client reads this as well", "Write, @ names a colleague"),
        people=State.people,
        asked=State.asked,
        on_find=State.find,
        on_send=lambda key, said: State.reply(row.id, key, said),
        on_cancel=State.answer(""),
    )
    settle = rx.cond(
        row.is_resolved,
        quiet("Reopen", "rotate-ccw", on_click=State.reopen(row.id)),
        quiet("Resolve", "check", on_click=State.resolve(row.id)),
    )
    reply = quiet("Reply", "reply", on_click=State.answer(row.id))
    return rx.fragment(
        rx.el.div(rx.cond(row.can_reply, reply), rx.cond(row.can_settle, settle), class_name="cf-line"),
        rx.cond(row.can_reply & (State.replying == row.id), answer),
    )
