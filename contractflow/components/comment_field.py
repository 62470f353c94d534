"""Where a comment is written, with colleagues suggested behind an “@”."""

from __future__ import annotations

from typing import Any

import reflex as rx

from contractflow.components.icon import Text
from contractflow.services.comments import PersonRow


class CommentField(rx.Component):
    """`name` is the shelf of what was typed; on_send gets a key and {text, shared (“on”), picked (ids, one space between)}."""

    library = rx.asset("comment_field.jsx", shared=True).importable_path
    tag = "CommentField"
    name: rx.Var[str]
    label: rx.Var[str]
    verb: rx.Var[str]
    initial: rx.Var[str]
    placeholder: rx.Var[str]
    error: rx.Var[str]
    tried: rx.Var[str]
    sent: rx.Var[str]
    people: rx.Var[list[PersonRow]]
    asked: rx.Var[str]
    can_share: rx.Var[bool]
    focused: rx.Var[bool]
    longest: rx.Var[int]
    on_send: rx.EventHandler[rx.event.passthrough_event_spec(str, dict[str, str])]
    on_find: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_cancel: rx.EventHandler[rx.event.no_args_event_spec]


class Arrived(rx.Component):
    """Brings the thread it stands in into sight."""

    library = rx.asset("comment_field.jsx", shared=True).importable_path
    tag = "Arrived"


def comment_field(
    label: Text, verb: str, *, name: Text, state: Any, on_send: Any, **props: Any
) -> rx.Component:
    """`state` holds what becomes of it: `errors`, `tried` and `sent`."""
    return CommentField.create(
        name=name,
        label=label,
        verb=verb,
        error=state.errors["body"],
        tried=state.tried,
        sent=state.sent,
        on_send=on_send,
        **props,
    )
