"""Variables of a template: each has a type, perhaps a default and limits, and what is typed for it is checked."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from contractflow.content.nodes import visible
from contractflow.errors import Invalid

TYPES = {
    "text": "Text",
    "long": "List, one item per line",
    "number": "Number",
    "date": "Date",
    "email": "E-mail address",
    "choice": "Choice",
}
KNOWN = {
    "agency.name": "your agency's name",
    "client.name": "the client's name",
    "client.address": "the client's address",
    "contact.name": "the name of who signs",
    "document.title": "the title of the document",
}
"""Filled from what the product knows; nobody is asked."""

LONGEST, LONGEST_LIST, MOST_CHOICES = 500, 4_000, 30
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_START_OF_MARKUP = re.compile(r"^(?:[#>|=~`*_+\-\s]|\d+[.)]\s)+")


@dataclass(frozen=True)
class TypedVariable:
    """`least` and `most` are for numbers (and for dates, as ISO); "" is no limit."""

    name: str
    type: str = "text"
    default: str = ""
    is_required: bool = True
    help: str = ""
    choices: tuple[str, ...] = ()
    least: str = ""
    most: str = ""

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "choices": list(self.choices)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> TypedVariable:
        return cls(**{**stored, "choices": tuple(stored.get("choices", ()))})


def settings_of(names: Iterable[str], stored: Iterable[Mapping[str, Any]]) -> list[TypedVariable]:
    """How each variable is to be asked for, in the order of `names`; what nobody has said is text."""
    known = {str(one["name"]): TypedVariable.from_json(one) for one in stored}
    return [known.get(name, TypedVariable(name)) for name in names if name not in KNOWN]


def check_settings(one: TypedVariable) -> TypedVariable:
    """`one` as it can be kept. Raises Invalid with the field's name."""
    if one.type not in TYPES:
        raise Invalid("Choose one of the types offered.", "type")
    choices = tuple(dict.fromkeys(filter(None, (_line(choice) for choice in one.choices))))
    if one.type == "choice" and not 2 <= len(choices) <= MOST_CHOICES:
        raise Invalid(f"Give two to {MOST_CHOICES} choices, one per line.", "choices")
    for name in ("least", "most"):
        _limit(one.type, getattr(one, name).strip(), name)
    kept = TypedVariable(
        one.name,
        one.type,
        visible(one.default).strip()[:LONGEST_LIST],
        one.is_required,
        _line(one.help),
        choices if one.type == "choice" else (),
        one.least.strip() if one.type in ("number", "date") else "",
        one.most.strip() if one.type in ("number", "date") else "",
    )
    if kept.default:
        check(kept, kept.default, field="default")
    return kept


def check(one: TypedVariable, typed: str, field: str = "") -> str:
    """What somebody typed for a variable, as it will stand in the text; "" stays open. Raises Invalid.

    A list keeps its lines. A date is written out ("1 December 2026"), however its field sent it.
    """
    where = field or f"variables.{one.name}"
    if one.type == "long":
        lines = [line for line in map(_item, visible(typed).splitlines()) if line]
        return _short("\n".join(lines), LONGEST_LIST, where)
    words = _short(_line(typed), LONGEST, where)
    if words and one.type in _CHECKS:
        words = _CHECKS[one.type](one, words, where)
    return words


def as_items(value: str) -> str:
    """A list as Markdown."""
    return "\n".join(f"- {line}" for line in value.splitlines())


def _number(one: TypedVariable, words: str, where: str) -> str:
    number = _decimal(words)
    if number is None:
        raise Invalid("Enter a number, such as 30 or 2.5.", where)
    if (one.least and number < Decimal(one.least)) or (one.most and number > Decimal(one.most)):
        raise Invalid(_between(one.least, one.most), where)
    return words


def _date(one: TypedVariable, words: str, where: str) -> str:
    day = _iso(words)
    if day is None:
        raise Invalid("Choose a day.", where)
    if (one.least and day < date.fromisoformat(one.least)) or (
        one.most and day > date.fromisoformat(one.most)
    ):
        raise Invalid(_between(one.least, one.most), where)
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def _email(_: TypedVariable, words: str, where: str) -> str:
    if not _EMAIL.fullmatch(words):
        raise Invalid("Enter a complete e-mail address, such as clara@example.com.", where)
    return words.lower()


def _choice(one: TypedVariable, words: str, where: str) -> str:
    if words not in one.choices:
        raise Invalid("Choose one of the choices offered.", where)
    return words


_CHECKS = {"number": _number, "date": _date, "email": _email, "choice": _choice}


def _limit(kind: str, words: str, field: str) -> None:
    if words and kind == "number" and _decimal(words) is None:
        raise Invalid("Enter a number, or leave it empty.", field)
    if words and kind == "date" and _iso(words) is None:
        raise Invalid("Enter a day as 2026-12-01, or leave it empty.", field)


def _between(least: str, most: str) -> str:
    if least and most:
        return f"This has to be between {least} and {most}."
    return f"This has to be at least {least}." if least else f"This has to be at most {most}."


def _decimal(words: str) -> Decimal | None:
    try:
        number = Decimal(words.replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 30 else None


def _iso(words: str) -> date | None:
    """A day as its field sends it, or written out as it stands in a text."""
    day, _, rest = words.partition(" ")
    month, _, year = rest.partition(" ")
    months = {name.lower(): number for number, name in enumerate(calendar.month_name)}
    try:
        if month.lower() in months and len(day) <= 2 and len(year) == 4:
            return date(int(year), months[month.lower()], int(day))
        return date.fromisoformat(words)
    except ValueError:
        return None


def _line(typed: str) -> str:
    return " ".join(visible(typed).split())


def _item(typed: str) -> str:
    """One item of a list: a line that is no heading and no markup at its start."""
    return _START_OF_MARKUP.sub("", _line(typed)).replace("<", "‹").replace(">", "›").strip()


def _short(words: str, limit: int, where: str) -> str:
    if len(words) > limit:
        raise Invalid(f"This is too long: at most {limit:,} characters.", where)
    return words
