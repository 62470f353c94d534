"""The text of a draft as it is written, and the quiet ear that tells a page of changes."""

from __future__ import annotations

from typing import Any

import reflex as rx

from contractflow.state.live import DOCUMENT_SINK, DRAFT_SINK, FEED_SINK, ORG_SINK, LiveState


class LiveText(rx.Component):
    library = rx.asset("live_text.jsx", shared=True).importable_path
    tag = "LiveText"
    sink: rx.Var[str]
    document_id: rx.Var[str]
    job: rx.Var[str]
    session: rx.Var[str]
    by: rx.Var[str]
    on_resume: rx.EventHandler[rx.event.passthrough_event_spec(str, str, int, int)]
    on_done: rx.EventHandler[rx.event.no_args_event_spec]


class Follow(rx.Component):
    library = rx.asset("live_text.jsx", shared=True).importable_path
    tag = "Follow"
    sink: rx.Var[str]
    name: rx.Var[str]
    session: rx.Var[str]
    on_resume: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_change: rx.EventHandler[rx.event.no_args_event_spec]


def live_text(
    *,
    document_id: rx.Var[str] | str,
    job: rx.Var[str] | str,
    on_done: rx.EventHandler,
    by: rx.Var[str] | str = "",
) -> rx.Component:
    """The draft `job` that `by` ordered, live; `on_done` once it is over (then read the document)."""
    return LiveText.create(
        sink=DRAFT_SINK,
        document_id=document_id,
        job=job,
        session=rx.State.router.session.session_id,
        by=by,
        on_resume=LiveState.follow_draft,
        on_done=on_done,
    )


def follow_document(*, document_id: rx.Var[str] | str, on_change: rx.EventHandler) -> rx.Component:
    """Shows nothing; calls `on_change` whenever somebody changed the document. One per page, always mounted."""
    return _follow(DOCUMENT_SINK, document_id, LiveState.follow_document, on_change)


def follow_as_client(*, document_id: rx.Var[str] | str, on_change: Any) -> rx.Component:
    """`follow_document` for a page of the portal."""
    return _follow(DOCUMENT_SINK, document_id, LiveState.follow_as_client, on_change)


def follow_feed(*, on_change: Any) -> rx.Component:
    """The same for the notifications of whoever is signed in."""
    return _follow(FEED_SINK, "feed", LiveState.follow_feed, on_change)


def follow_org(*, on_change: Any) -> rx.Component:
    """The same for everything that changes in the organisation: for a page that shows what waits in it."""
    return _follow(ORG_SINK, "org", LiveState.follow_org, on_change)


def _follow(sink: str, name: rx.Var[str] | str, follow: rx.EventHandler, on_change: Any) -> rx.Component:
    session = rx.State.router.session.session_id
    return Follow.create(sink=sink, name=name, session=session, on_resume=follow, on_change=on_change)
