"""A clause written anew: the wish, what would change while it is being written, and the decision."""

from __future__ import annotations

import reflex as rx

from contractflow.components.buttons import primary, quiet, secondary
from contractflow.components.copy_button import copy_button
from contractflow.components.fields import text_field
from contractflow.components.icon import icon
from contractflow.components.notice import notice
from contractflow.components.pill import DRAFT, pill
from contractflow.services.documents.block_rows import BlockRow
from contractflow.services.drafts import WISHES, RewriteRow
from contractflow.state.document import DocumentState
from contractflow.state.live import REWRITE_SINK, LiveState
from contractflow.state.writing import WritingState

page, rewrites = DocumentState.page, DocumentState.rewrites


class FollowRewrites(rx.Component):
    library = rx.asset("rewrite.jsx", shared=True).importable_path
    tag = "FollowRewrites"
    sink: rx.Var[str]
    document_id: rx.Var[str]
    jobs: rx.Var[list[str]]
    session: rx.Var[str]
    on_resume: rx.EventHandler[rx.event.passthrough_event_spec(str, list[str])]
    on_done: rx.EventHandler[rx.event.no_args_event_spec]


class LiveRewrite(rx.Component):
    library = rx.asset("rewrite.jsx", shared=True).importable_path
    tag = "LiveRewrite"
    job: rx.Var[str]


def follow_rewrites() -> rx.Component:
    """Shows nothing; feeds the panels of whatever is being rewritten. One per page, always mounted."""
    return FollowRewrites.create(
        sink=REWRITE_SINK,
        document_id=page.id,
        jobs=rewrites.active,
        session=rx.State.router.session.session_id,
        on_resume=LiveState.follow_rewrites,
        on_done=DocumentState.load,
    )


def rewrite_of(block: BlockRow) -> rx.Component:
    """Below a clause: the question how, and the proposal, when there is one."""
    return rx.fragment(
        rx.cond(page.is_editable & (WritingState.asking == block.id), _question(block)),
        rx.foreach(rewrites.rows, lambda row: rx.cond(row.block_id == block.id, _panel(row))),
    )


def orphans() -> rx.Component:
    """Proposals for clauses that are gone: to be copied or put away."""
    return rx.foreach(rewrites.rows, lambda row: rx.cond(row.block_id == "", _panel(row)))


def _question(block: BlockRow) -> rx.Component:
    chips = [
        secondary(words, on_click=WritingState.rewrite(block.id, page.draft_key, wish))
        for wish, words in WISHES.items()
    ]
    error = rx.cond(WritingState.errors["wish"], WritingState.errors["wish"], WritingState.errors["form"])
    said = rx.el.form(
        text_field(
            "In your own words", "wish", id=f"wish-{block.id}", required=False, max_length=500, error=error,
            placeholder="Two rounds of revisions instead of three", auto_complete="off",
        ),
        rx.el.div(
            primary("Rewrite", "sparkles", type="submit"),
            quiet("Cancel", on_click=WritingState.ask("")),
            class_name="cf-line",
        ),
        on_submit=lambda form: WritingState.rewrite_as_said(page.draft_key, form),
        class_name="cf-stack cf-stack--tight",
        no_validate=True,
    )  # fmt: skip
    how = rx.el.div(
        *chips, class_name="cf-line cf-line--wrap", role="group", aria_label="How it shall change"
    )
    return rx.el.div(how, said, class_name="cf-rewrite cf-stack cf-stack--tight")


def _panel(row: RewriteRow) -> rx.Component:
    body = rx.match(row.is_active, (True, LiveRewrite.create(job=row.id, key=row.id)), _outcome(row))
    return rx.el.section(
        _head(row),
        body,
        _decision(row),
        class_name="cf-rewrite cf-stack cf-stack--tight",
        aria_label="Rewrite of " + row.heading,
        key=row.id,
    )


def _head(row: RewriteRow) -> rx.Component:
    return rx.el.div(
        rx.el.span(icon("sparkles"), row.asked, class_name="cf-rewrite__wish"),
        pill(DRAFT, row.status),
        rx.el.span(
            row.origin,
            rx.el.time(" · " + row.at.ago, title=row.at.tip),
            class_name="cf-muted cf-small",
        ),
        class_name="cf-line cf-line--wrap",
    )


def _outcome(row: RewriteRow) -> rx.Component:
    """What came of it: the change, or why there is none."""
    failed = notice("warning", "The clause could not be rewritten", row.cause)
    change = rx.fragment(
        rx.cond(row.block_id == "", rx.el.p(row.heading, class_name="cf-rewrite__wish")),
        rx.html(row.html, class_name="cf-text cf-redline"),
        rx.cond(row.warning, notice("warning", row.warning)),
    )
    return rx.cond(row.status == "failed", failed, change)


def _decision(row: RewriteRow) -> rx.Component:
    stop = rx.cond(row.can_discard, secondary("Stop", "square", on_click=WritingState.discard(row.id)))
    decided = rx.fragment(
        rx.cond(row.can_accept, primary("Accept", "check", on_click=WritingState.accept(row.id))),
        rx.cond(
            row.can_retry,
            primary(
                "Retry",
                "rotate-ccw",
                on_click=WritingState.rewrite(row.block_id, page.draft_key, row.wish),
            ),
        ),
        rx.cond(row.can_discard, secondary("Discard", "x", on_click=WritingState.discard(row.id))),
        rx.cond(row.status == "ready", copy_button(row.md, "the rewritten clause")),
        rx.cond(row.status == "ready", rx.el.span(row.summary, class_name="cf-muted cf-small")),
    )
    return rx.el.div(rx.cond(row.is_active, stop, decided), class_name="cf-line cf-line--wrap")
