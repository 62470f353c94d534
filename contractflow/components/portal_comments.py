"""What a client asks about a clause, and what the agency answers: beside the text, before it is signed."""

from __future__ import annotations

import reflex as rx

from contractflow.components.buttons import quiet
from contractflow.components.comment_field import comment_field
from contractflow.components.comment_words import words
from contractflow.components.icon import Text
from contractflow.components.pill import hued_pill
from contractflow.components.sections import section
from contractflow.services.portal.comments import PortalComment, PortalThread
from contractflow.services.portal.page import PortalBlock
from contractflow.state.portal import PortalState
from contractflow.state.portal_comments import PortalCommentsState as State

LONGEST = 2_000
threads = State.threads
ALL = "all"


def about_block(block: PortalBlock) -> rx.Component:
    """Below a clause: what was said about it, and the way to say more."""
    said = rx.foreach(threads.rows, lambda row: rx.cond(row.block_id == block.id, _thread(row)))
    more = rx.cond(threads.may_comment, _write("Comment", block.id, "Comment on this clause", block.id))
    return rx.el.div(rx.cond(threads.counts[block.id], said), more, class_name="cf-asked")


def about_document() -> rx.Component:
    """Below the text: what is about all of it."""
    said = rx.foreach(threads.rows, lambda row: rx.cond(row.block_id == "", _thread(row)))
    wanted = threads.may_comment | threads.on_document
    whom = rx.el.p(
        "Something unclear? ",
        PortalState.page.sender,
        " gets a mail and answers here.",
        class_name="cf-muted",
    )
    return rx.cond(
        wanted,
        section(
            "Questions and comments",
            rx.cond(threads.on_document, said),
            rx.cond(
                threads.may_comment,
                rx.fragment(whom, _write("Ask a question", ALL, "Ask about the document", "")),
            ),
        ),
    )


def _write(verb: str, place: Text, label: str, block_id: Text) -> rx.Component:
    new = comment_field(
        label,
        "Send",
        name=f"portal-{place}",
        state=State,
        longest=LONGEST,
        placeholder="Your question or wish",
        on_send=lambda key, said: State.comment(block_id, key, said),
        on_cancel=State.open(""),
    )
    ask = quiet(
        verb,
        "message-square",
        on_click=State.open(place),
        aria_expanded=rx.cond(State.about == place, "true", "false"),
        aria_label=label,
    )
    return rx.fragment(rx.el.div(ask), rx.cond(State.about == place, new))


def _thread(row: PortalThread) -> rx.Component:
    answer = comment_field(
        "Your answer",
        "Send",
        name=f"portal-{row.id}",
        state=State,
        longest=LONGEST,
        on_send=lambda key, said: State.answer(row.id, key, said),
        on_cancel=State.reply(""),
    )
    reply = rx.el.div(quiet("Reply", "reply", on_click=State.reply(row.id)))
    return rx.el.article(
        rx.cond(row.is_resolved, rx.el.div(hued_pill("Settled", "check", "grass"))),
        rx.el.ol(rx.foreach(row.comments, _comment), class_name="cf-thread__said"),
        rx.cond(row.can_answer, rx.fragment(reply, rx.cond(State.replying == row.id, answer))),
        class_name="cf-thread cf-stack cf-stack--tight",
        aria_label="Comments",
        key=row.id,
    )


def _comment(row: PortalComment) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.strong(rx.cond(row.is_you, "You", row.author)),
            rx.el.time(" · ", row.at.ago, title=row.at.tip, class_name="cf-muted"),
            rx.cond(row.is_edited, rx.el.span(" · edited", class_name="cf-muted")),
            class_name="cf-small",
        ),
        rx.cond(row.is_deleted, rx.el.p("deleted", class_name="cf-muted cf-thread__gone"), words(row.parts)),
        key=row.id,
    )
