"""How the AI draft of a document stands: who ordered it, who writes it, why it failed, and *Retry*."""

import reflex as rx

from contractflow.components.buttons import secondary
from contractflow.components.notice import notice
from contractflow.components.pill import DRAFT, pill
from contractflow.components.sections import section
from contractflow.state.document import DocumentState

page, draft = DocumentState.page, DocumentState.draft


def draft_section() -> rx.Component:
    return rx.cond(
        draft.status,
        section(
            "AI draft",
            rx.el.div(
                pill(DRAFT, draft.status),
                rx.cond(draft.provider, rx.el.span(draft.provider, class_name="cf-muted")),
                class_name="cf-line",
            ),
            rx.el.p(draft.words, class_name="cf-muted cf-small"),
            rx.cond(page.has_text | draft.is_active, draft_failure()),
        ),
    )


def draft_failure() -> rx.Component:
    """Why the last attempt failed, and *Retry* once there is no other: on the paper while that is empty, else here."""
    retry = rx.cond(
        draft.can_retry,
        secondary("Retry", "rotate-ccw", on_click=DocumentState.generate(page.draft_key)),
    )
    return rx.cond(draft.cause, notice("warning", draft.failure, draft.cause, retry))
