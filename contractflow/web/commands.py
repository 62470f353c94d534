"""What a handler may ask of the browser besides its vars: data, never code (the policy forbids eval)."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, Literal

from reflex_base.event import Event, EventSpec, server_side
from reflex_base.utils.format import format_ref

Level = Literal["success", "info", "warning", "error"]


def toast(
    message: str, level: Level = "info", description: str = "", *, path: str = "", label: str = ""
) -> EventSpec:
    """Show `message` for a few seconds; with a `path` of this server, a button that is called `label` leads there."""
    options = {"description": description}
    return _command("toast", message=message, level=level, options=options, path=path, label=label)


def load(path: str) -> EventSpec:
    """Leave for `path` on this server by a full navigation: new cookies, new policy, new socket."""
    return _command("load", path=path)


def confirm(event: tuple[str, Mapping[str, Any]] | None = None) -> EventSpec:
    """Ask the person to prove that it is them, over what is open; then `event` (name and payload) is sent again."""
    name, payload = event or ("", {})
    return _command("confirm", event=name, payload=dict(payload))


def copy(text: str) -> EventSpec:
    """Put `text` on the clipboard."""
    return _command("copy", text=text)


def tell(sink: str, message: Mapping[str, Any]) -> Event:
    """Hand `message` to the component that listens as `sink`.

    The same event as `rx.set_value`, whose making (70 µs instead of 3) a streamed text would pay for every piece.
    """
    return Event(name="_set_value", payload={"ref": format_ref(sink), "value": message})


def _command(op: str, **args: object) -> EventSpec:
    return server_side("_cf_ui", inspect.signature(_shape), op=op, args=args)


def _shape(op: str, args: dict[str, object]) -> None:
    """The shape of the event; Reflex reads the signature."""
