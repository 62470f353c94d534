"""What may arrive as an event: a handler somebody may call, with the arguments it declares, in text that can be stored.

Reflex takes any name and any arguments, loads the tab's whole state first, and logs what it could not use, with
everything in it. So an event is looked at before Reflex sees it; what handlers send each other does not pass here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import cache
from inspect import Parameter, signature
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from reflex.state import StateUpdate
from reflex_base.event import Event
from reflex_base.registry import RegistrationContext

from contractflow.web.commands import toast
from contractflow.web.policy import rule_of
from contractflow.web.principal import NOT_HERE
from contractflow.web.storable import is_storable

log = logging.getLogger(__name__)

LONGEST_TEXT: Final = 500_000
"""Characters of one argument; a drawn signature has up to 400,000."""
LONGEST_ADDRESS: Final = 4_000
MOST_FIELDS: Final = 100
MOST_ITEMS: Final = 1000
FORM: Final = "__reflex_form_data__"
"""Under which Reflex sends the [name, value] pairs of a form."""

UNUSABLE: Final = "Something in it cannot be stored. Type it again instead of pasting it."
WRONG: Final = "arguments that the handler does not take"

_PLAIN: Final = (str, int, float, bool, type(None))
_TOLD_OF_A_SOCKET: Final = 3

Check = Callable[[object], bool]


class Refused(Exception):
    """`said` is for the person, the message for the log: it names no value that came."""

    def __init__(self, why: str, said: str = NOT_HERE) -> None:
        super().__init__(why)
        self.said = said


def install(app: Any) -> None:
    """Once, after the app is made. Reflex calls `on_event` also for the event that comes with a connection."""
    namespace = app.event_namespace
    take = namespace.on_event
    told: dict[str, int] = {}

    async def on_event(sid: str, data: Any) -> None:
        try:
            look_at(data)
        except Refused as refused:
            told[sid] = told.pop(sid, 0) + 1
            if told[sid] <= _TOLD_OF_A_SOCKET:
                log.warning("refused an event: %s", refused)
            while len(told) > 1000:
                del told[next(iter(told))]
            update = StateUpdate(events=Event.from_event_type(toast(refused.said, "error")))
            await namespace.emit_update(update, namespace.sid_to_token.get(sid, ""))
        else:
            await take(sid, data)

    namespace.on_event = on_event


def look_at(data: object) -> None:
    """Raises Refused for what no page of ours sends."""
    if not isinstance(data, dict) or not isinstance(name := data.get("name"), str):
        raise Refused("no event")
    if rule_of(name) is None:
        raise Refused(f"nobody may call {name[:120]!a}")
    _look_at_address(data.get("router_data") or {})
    payload = data.get("payload") or {}
    if not isinstance(payload, dict):
        raise Refused(WRONG)
    checks, needed = _expected(name)
    if not needed <= payload.keys() <= checks.keys():
        raise Refused(f"{WRONG}: {name}")
    for argument, value in payload.items():
        if not checks[argument](value):
            raise Refused(f"{WRONG}: {argument} of {name}")
    if not _can_be_kept(payload):
        raise Refused(f"text that cannot be stored, for {name}", UNUSABLE)


def _look_at_address(router: object) -> None:
    """Where the page says it is: texts, and a query of texts."""
    if not isinstance(router, dict) or len(router) > MOST_FIELDS:
        raise Refused("an address that is none")
    for key, value in router.items():
        one = value if key == "query" else {key: value}
        if not isinstance(one, dict) or not all(map(_is_part, one.items())):
            raise Refused("an address that is none")


def _is_part(pair: tuple[object, object]) -> bool:
    """A name and a text of an address; what a page is given more than once comes as a list."""
    name, value = pair
    texts = value if isinstance(value, list) and len(value) <= MOST_FIELDS else [value]
    return all(
        text is None or (isinstance(text, str) and len(text) <= LONGEST_ADDRESS and is_storable(text))
        for text in [name, *texts]
    )


@cache
def _expected(name: str) -> tuple[Mapping[str, Check], frozenset[str]]:
    """How each argument of a handler is checked, and which must be there."""
    handler = RegistrationContext.get().event_handlers[name].handler
    hints = get_type_hints(handler.fn)
    parameters = list(signature(handler.fn).parameters.values())[1:]
    needed = frozenset(one.name for one in parameters if one.default is Parameter.empty)
    return {one.name: check_of(hints.get(one.name)) for one in parameters}, needed


def check_of(hint: Any) -> Check:
    """What JSON may come for an argument declared as `hint`. Raises TypeError for a declaration nobody checks."""
    if hint in _CHECKS:
        return _CHECKS[hint]
    if get_origin(hint) in (Union, UnionType) and type(None) in get_args(hint) and len(get_args(hint)) == 2:
        inner = check_of(next(part for part in get_args(hint) if part is not type(None)))
        return lambda value: value is None or inner(value)
    if get_origin(hint) is dict and get_args(hint)[0] is str:
        return _is_form
    if get_origin(hint) is list and get_args(hint)[0] in _CHECKS:
        one = _CHECKS[get_args(hint)[0]]
        return lambda value: isinstance(value, list) and len(value) <= MOST_ITEMS and all(map(one, value))
    raise TypeError(f"an argument of a handler cannot be {hint}: it comes from a browser, so say what it is")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


def _is_number(value: object) -> bool:
    return type(value) is int and abs(value) < 2**53


def _is_form(value: object) -> bool:
    """Fields and what stands in them: texts, or what a control says of itself."""
    if isinstance(value, dict) and value.keys() == {FORM}:
        pairs = value[FORM]
        if not isinstance(pairs, list) or not all(isinstance(p, list) and len(p) == 2 for p in pairs):
            return False
    elif isinstance(value, dict):
        pairs = list(value.items())
    else:
        return False
    return len(pairs) <= MOST_FIELDS and all(
        isinstance(name, str)
        and isinstance(field, _PLAIN)
        and (not isinstance(field, str) or _is_text(field))
        for name, field in pairs
    )


_CHECKS: Final[dict[Any, Check]] = {
    str: _is_text,
    int: _is_number,
    float: lambda value: _is_number(value) or (type(value) is float and abs(value) < 2**53),
    bool: lambda value: isinstance(value, bool),
}


def _can_be_kept(value: object) -> bool:
    """Of texts in whatever was checked already, so never deep."""
    if isinstance(value, str):
        return is_storable(value)
    if isinstance(value, dict):
        return all(_can_be_kept(part) for pair in value.items() for part in pair)
    return not isinstance(value, list) or all(map(_can_be_kept, value))
