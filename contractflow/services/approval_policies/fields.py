"""What a policy may ask of a document: one row per field, with its operators and how it is read.

A rule that cannot be read of a document (its term is not said, its price is in another currency) does not hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple

from contractflow.content import durations
from contractflow.content.kinds import KINDS
from contractflow.content.version import Content
from contractflow.errors import Invalid
from contractflow.money import CURRENCIES, format_amount, format_money, parse_money

MOST_RULES = 8
LONGEST_TERM = durations.LONGEST_MONTHS


@dataclass(frozen=True)
class Facts:
    """What the rules read of a document; `term` in months, None where nothing says it; `discount` in percent."""

    kind: str
    total_minor: int
    currency: str
    discount: Decimal = Decimal(0)
    term: int | None = None
    is_lock_edited: bool = False


@dataclass(frozen=True)
class Rule:
    """`value` as it is stored: minor units, percent, months, or a word of a list; `currency` belongs to a price."""

    field: str
    operator: str
    value: str = ""
    currency: str = ""

    def to_json(self) -> dict[str, str]:
        return {
            "field": self.field,
            "operator": self.operator,
            "value": self.value,
            "currency": self.currency,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Rule:
        return cls(*(str(stored.get(name, "")) for name in ("field", "operator", "value", "currency")))


class Takes(Enum):
    """What stands behind the operator in the form."""

    MONEY = "money"
    PERCENT = "percent"
    MONTHS = "months"
    KIND = "kind"
    CURRENCY = "currency"
    NOTHING = "nothing"


class Operator(NamedTuple):
    words: str
    holds: Callable[[Any, Any], bool]
    takes: Takes | None = None
    """None: what the field takes."""


class Field(NamedTuple):
    """`read` answers None where the document does not say; `shown` are the words for a value that was read."""

    label: str
    takes: Takes
    operators: tuple[str, ...]
    read: Callable[[Facts, Rule], Any]
    shown: Callable[[Facts], str]


# fmt: off
OPERATORS: dict[str, Operator] = {
    #                       words             holds when                              takes
    "at_least":  Operator("is at least",     lambda said, asked: said >= asked),
    "below":     Operator("is below",        lambda said, asked: said < asked),
    "is":        Operator("is",              lambda said, asked: said == asked),
    "is_not":    Operator("is not",          lambda said, asked: said != asked),
    "unknown":   Operator("is not said",     lambda said, _: said is None,           Takes.NOTHING),
    "edited":    Operator("was changed",     lambda said, _: said is True,           Takes.NOTHING),
    "untouched": Operator("is as it was",    lambda said, _: said is False,          Takes.NOTHING),
}

FIELDS: dict[str, Field] = {
    #                         label                takes            operators                          how it is read of a document
    "value":         Field("Total",            Takes.MONEY,    ("at_least", "below"),             lambda f, r: f.total_minor if f.currency == r.currency else None,
                           lambda f: format_money(f.total_minor, f.currency)),
    "currency":      Field("Currency",         Takes.CURRENCY, ("is", "is_not"),                  lambda f, _: f.currency,
                           lambda f: f.currency),
    "discount":      Field("Discount",         Takes.PERCENT,  ("at_least", "below"),             lambda f, _: f.discount,
                           lambda f: f"{_plain(f.discount)} %"),
    "term":          Field("Term",             Takes.MONTHS,   ("at_least", "below", "unknown"),  lambda f, _: f.term,
                           lambda f: "not said" if f.term is None else _months(f.term)),
    "kind":          Field("Kind",             Takes.KIND,     ("is", "is_not"),                  lambda f, _: f.kind,
                           lambda f: KINDS.get(f.kind, f.kind)),
    "locked_clause": Field("A locked clause",  Takes.NOTHING,  ("edited", "untouched"),           lambda f, _: f.is_lock_edited,
                           lambda f: "was changed" if f.is_lock_edited else "is as it was"),
}
# fmt: on

_PERCENT = re.compile(r"(\d{1,3}(?:[.,]\d{1,2})?)\s*%?")
_IN_TEXT = (
    re.compile(
        r"(?<![\d.,])(\d{1,3}(?:[.,]\d{1,2})?)\s*(?:%|per\s?cent)\s+(?:\w+\s+)?(?:discount|rebate|reduction)",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:discount|rebate|reduction)\w*\s+(?:\w+\s+)?(?:of|:)?\s*(\d{1,3}(?:[.,]\d{1,2})?)\s*(?:%|per\s?cent)",
        re.IGNORECASE,
    ),
)


def holds(rule: Rule, facts: Facts) -> bool:
    operator, said = OPERATORS[rule.operator], FIELDS[rule.field].read(facts, rule)
    if said is None and operator.takes is None:
        return False
    return operator.holds(said, _asked(rule))


def takes(rule: Rule) -> Takes:
    return OPERATORS[rule.operator].takes or FIELDS[rule.field].takes


def words(rule: Rule) -> str:
    """The rule in words: "Total is at least €10,000.00"."""
    said = _SAID[takes(rule)](rule)
    return f"{FIELDS[rule.field].label} {OPERATORS[rule.operator].words}{said}"


def shown(rule: Rule, facts: Facts) -> str:
    """What the document says about it, for who asks why a policy applies."""
    field = FIELDS[rule.field]
    if field.takes is Takes.MONEY and facts.currency != rule.currency:
        return f"{field.shown(facts)}, in another currency"
    return field.shown(facts)


def check(typed: Rule, place: str) -> Rule:
    """What somebody typed, as it is stored. Raises Invalid with `place` as its field."""
    field = FIELDS.get(typed.field)
    if field is None:
        raise Invalid("Choose what the rule looks at.", place)
    if typed.operator not in field.operators:
        raise Invalid(f"Choose how “{field.label}” is compared.", place)
    rule = Rule(typed.field, typed.operator)
    checked = _CHECKS[takes(rule)](typed, place)
    currency = typed.currency if takes(rule) is Takes.MONEY else ""
    return Rule(typed.field, typed.operator, checked, currency)


def typed(rule: Rule) -> Rule:
    """A stored rule as its form shows it: the price as people write it."""
    if takes(rule) is not Takes.MONEY:
        return rule
    return Rule(rule.field, rule.operator, format_amount(int(rule.value), rule.currency), rule.currency)


def discount_of(content: Content) -> Decimal:
    """The largest discount that a variable or the text names; none is 0. What is read wrongly asks once too often."""
    typed_in = [
        _percent(value)
        for name, value in content.variables.items()
        if "discount" in name and _PERCENT.fullmatch(value.strip())
    ]
    found = [_percent(m[1]) for block in content.read_blocks for p in _IN_TEXT for m in p.finditer(block.md)]
    return max([Decimal(0), *typed_in, *found])


def term_of(content: Content, brief: Mapping[str, Any]) -> int | None:
    """Months; said by a variable whose name has "term" or "duration" in it, else by the brief."""
    named = [
        value
        for name, value in content.variables.items()
        if any(word in name.split(".")[-1].split("_") for word in ("term", "duration"))
    ]
    for said in (*named, str(brief.get("term", ""))):
        months = int(said) if said.strip().isdecimal() and len(said) < 4 else durations.months(said)
        if months:
            return months
    return None


def _asked(rule: Rule) -> Any:
    match takes(rule):
        case Takes.MONEY | Takes.MONTHS:
            return int(rule.value)
        case Takes.PERCENT:
            return Decimal(rule.value)
        case _:
            return rule.value


def _money(typed: Rule, place: str) -> str:
    if typed.currency not in CURRENCIES:
        raise Invalid("Choose the currency of the amount.", place)
    if not typed.value.strip():
        raise Invalid("Say from which amount on.", place)
    return str(parse_money(typed.value, typed.currency, field=place))


def _percentage(typed: Rule, place: str) -> str:
    found = _PERCENT.fullmatch(typed.value.strip())
    if found is None or not 0 < _percent(found[1]) <= 100:
        raise Invalid("A discount is a number between 0 and 100.", place)
    return _plain(_percent(found[1]))


def _term(typed: Rule, place: str) -> str:
    said = typed.value.strip()
    months = int(said) if said.isascii() and said.isdecimal() and len(said) < 6 else durations.months(said)
    if not months or months > LONGEST_TERM:
        raise Invalid(f"Say the months as a number from 1 to {LONGEST_TERM:,}.", place)
    return str(months)


def _kind(typed: Rule, place: str) -> str:
    if typed.value not in KINDS:
        raise Invalid("Choose a kind of document.", place)
    return typed.value


def _currency(typed: Rule, place: str) -> str:
    if typed.value not in CURRENCIES:
        raise Invalid("Choose a currency.", place)
    return typed.value


_CHECKS: dict[Takes, Callable[[Rule, str], str]] = {
    Takes.MONEY: _money,
    Takes.PERCENT: _percentage,
    Takes.MONTHS: _term,
    Takes.KIND: _kind,
    Takes.CURRENCY: _currency,
    Takes.NOTHING: lambda _, __: "",
}

_SAID: dict[Takes, Callable[[Rule], str]] = {
    Takes.MONEY: lambda rule: f" {format_money(int(rule.value), rule.currency)}",
    Takes.PERCENT: lambda rule: f" {_plain(Decimal(rule.value))} %",
    Takes.MONTHS: lambda rule: f" {_months(int(rule.value))}",
    Takes.KIND: lambda rule: f" {KINDS.get(rule.value, rule.value)}",
    Takes.CURRENCY: lambda rule: f" {rule.value}",
    Takes.NOTHING: lambda _: "",
}


def _percent(text: str) -> Decimal:
    return Decimal(text.strip().rstrip("%").strip().replace(",", "."))


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _months(count: int) -> str:
    return "1 month" if count == 1 else f"{count:,} months"
