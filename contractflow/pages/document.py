"""One document: outline, paper, and the rail with everything around the text."""

import reflex as rx

from contractflow.components.buttons import quiet, secondary
from contractflow.components.clause_block import clause_block
from contractflow.components.clause_search import clause_search
from contractflow.components.document_actions import menu, primary_action
from contractflow.components.document_dialogs import dialogs
from contractflow.components.document_rail import next_line, rail
from contractflow.components.draft_section import draft_failure
from contractflow.components.icon import anchor
from contractflow.components.live_text import follow_document, live_text
from contractflow.components.missing import loaded_or_missing
from contractflow.components.notice import notice
from contractflow.components.rewrite import follow_rewrites, orphans
from contractflow.components.shell import member_page
from contractflow.components.skeleton import skeleton_paper
from contractflow.components.suggestions import suggestions
from contractflow.state.clause_search import ClauseSearchState
from contractflow.state.comments import CommentsState
from contractflow.state.document import DocumentState
from contractflow.state.writing import WritingState

page, draft = DocumentState.page, DocumentState.draft


@member_page(
    "/documents/[document_id]",
    "Document",
    heading=page.title,
    on_load=[DocumentState.load, CommentsState.arrive],
    action=primary_action,
    menu=menu,
    desk=True,
)
def document() -> rx.Component:
    return loaded_or_missing(DocumentState, "document", "/documents", _document(), skeleton_paper())


def _document() -> rx.Component:
    follow = follow_document(document_id=page.id, on_change=DocumentState.load)
    search = clause_search(ClauseSearchState.insert)
    hidden = rx.fragment(dialogs(), suggestions(), search, follow, follow_rewrites())
    return rx.el.div(_outline(), next_line(), _paper(), rail(), hidden, class_name="cf-document")


def _outline() -> rx.Component:
    return rx.el.nav(
        rx.foreach(
            page.blocks,
            lambda block: rx.cond(
                block.heading, anchor(block.heading, href=f"#block-{block.id}", key=block.id)
            ),
        ),
        class_name="cf-document__outline cf-outline",
        aria_label="Outline",
    )


def _paper() -> rx.Component:
    return rx.el.div(
        _placeholder_note(),
        rx.cond(~draft.is_active & ~page.has_text, draft_failure()),
        rx.el.article(
            rx.el.h2(page.title, class_name="cf-paper__title"),
            rx.cond(draft.is_active, _live(), _text()),
            class_name="cf-paper",
            aria_label="Contract text",
        ),
        class_name="cf-document__paper cf-stack",
    )


def _placeholder_note() -> rx.Component:
    return rx.cond(
        page.has_placeholder & ~draft.is_active,
        notice(
            "warning",
            "Placeholder text",
            "It was composed from the clause library, not written for this client. Edit it, or confirm that it stays; until then it can be neither submitted nor sent.",
            quiet("Confirm the text", "check", on_click=DocumentState.confirm_placeholder),
        ),
    )


def _live() -> rx.Component:
    return live_text(document_id=page.id, job=draft.job_id, by=draft.started_by, on_done=DocumentState.load)


def _text() -> rx.Component:
    return rx.cond(
        page.blocks, rx.el.div(rx.foreach(page.blocks, clause_block), orphans(), _more()), _nothing()
    )


def _more() -> rx.Component:
    """Below the last clause."""
    return rx.cond(
        page.is_editable,
        rx.el.div(
            quiet("Insert a clause", "library", on_click=ClauseSearchState.begin(page.last_block)),
            quiet("Suggest missing clauses", "list-plus", on_click=WritingState.suggest),
            class_name="cf-line cf-line--wrap",
        ),
    )


def _nothing() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            "Nothing is written yet. Draft it with AI from your brief, or write the first clause yourself.",
            class_name="cf-muted",
        ),
        rx.cond(
            page.is_editable,
            rx.el.div(secondary("Write the first clause", "pencil", on_click=DocumentState.add_block(""))),
        ),
        class_name="cf-stack",
    )
