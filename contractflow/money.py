"""Money is an integer of minor units and a currency; nothing here knows a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from contractflow.errors import Invalid

LARGEST_MINOR = 10**12


class Currency(NamedTuple):
    """`decimals` as ISO 4217 has them: how many digits the minor unit is below the major one."""

    code: str
    name: str
    symbol: str
    decimals: int = 2


# fmt: off
CURRENCIES: dict[str, Currency] = {c.code: c for c in (
    Currency("EUR", "Euro",                 "€"),
    Currency("USD", "US dollar",            "$"),
    Currency("GBP", "Pound sterling",       "£"),
    Currency("CHF", "Swiss franc",          "CHF"),
    Currency("AUD", "Australian dollar",    "A$"),
    Currency("BRL", "Brazilian real",       "R$"),
    Currency("CAD", "Canadian dollar",      "CA$"),
    Currency("CZK", "Czech koruna",         "CZK"),
    Currency("DKK", "Danish krone",         "DKK"),
    Currency("HUF", "Hungarian forint",     "HUF"),
    Currency("INR", "Indian rupee",         "₹"),
    Currency("JPY", "Japanese yen",         "¥",    0),
    Currency("KWD", "Kuwaiti dinar",        "KWD",  3),
    Currency("MXN", "Mexican peso",         "MX$"),
    Currency("NOK", "Norwegian krone",      "NOK"),
    Currency("NZD", "New Zealand dollar",   "NZ$"),
    Currency("PLN", "Polish złoty",         "PLN"),
    Currency("RON", "Romanian leu",         "RON"),
    Currency("SEK", "Swedish krona",        "SEK"),
    Currency("SGD", "Singapore dollar",     "S$"),
    Currency("ZAR", "South African rand",   "ZAR"),
)}


class _Locale(NamedTuple):
    group: str
    point: str
    symbol_first: bool


_LOCALES = {
    #                group       point  symbol first
    "en": _Locale(   ",",        ".",   True),
    "de": _Locale(   ".",        ",",   False),
    "es": _Locale(   ".",        ",",   False),
    "fr": _Locale(   "\u202f",   ",",   False),
    "it": _Locale(   ".",        ",",   False),
    "nl": _Locale(   ".",        ",",   True),
    "pl": _Locale(   "\u00a0",   ",",   False),
    "pt": _Locale(   ".",        ",",   False),
}
# fmt: on

_AMOUNT = re.compile(r"(?P<whole>[0-9]+|[0-9]{1,3}(?:[, '’\u00a0\u202f][0-9]{3})+)(?:\.(?P<part>[0-9]+))?")


@dataclass(frozen=True)
class Money:
    """`minor` may be negative (a refund, a difference); what people type may not."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        currency_of(self.currency)

    def __str__(self) -> str:
        return format_money(self.minor, self.currency)


def currency_of(code: str) -> Currency:
    """The currency called `code`. Raises Invalid when it is not one we offer."""
    if code not in CURRENCIES:
        raise Invalid("Choose one of the currencies in the list.", "currency")
    return CURRENCIES[code]


def format_money(minor: int, currency: str, locale: str = "en") -> str:
    """120000, "EUR" → "€1,200.00"; with locale "de" → "1.200,00 €". Unknown locales read as English."""
    of = currency_of(currency)
    style = _LOCALES.get(re.split(r"[-_]", locale)[0].lower(), _LOCALES["en"])
    digits = _digits(abs(minor), of.decimals, style)
    minus = "−" if minor < 0 else ""
    if not style.symbol_first:
        return f"{minus}{digits}\u00a0{of.symbol}"
    between = "\u00a0" if of.symbol.isalpha() or style is not _LOCALES["en"] else ""
    return f"{minus}{of.symbol}{between}{digits}"


def format_amount(minor: int, currency: str) -> str:
    """120000, "EUR" → "1,200.00": what an amount field shows, and what `parse_money` reads back."""
    return _digits(minor, currency_of(currency).decimals, _LOCALES["en"])


def parse_money(text: str, currency: str, field: str = "amount") -> int:
    """ "1,200.50", "EUR" → 120050. A comma or a space groups thousands, a point starts the decimals.

    Never guesses: "1.200" and "12,50" mean different sums to different people, so they are refused.
    Raises Invalid.
    """
    of = currency_of(currency)
    amount = text.strip().removeprefix(of.symbol).removesuffix(of.symbol).removeprefix(of.code)
    amount = amount.removesuffix(of.code).strip()
    example = format_amount(120050 if of.decimals == 2 else 1200 * 10**of.decimals, currency)
    if not amount:
        raise Invalid(f"Enter an amount, like {example}.", field)
    if amount[0] in "-−–":
        raise Invalid("An amount cannot be negative.", field)
    match = _AMOUNT.fullmatch(amount) if len(amount) <= 40 else None
    if not match:
        raise Invalid(f"Write the amount in digits, like {example}.", field)
    part = match["part"] or ""
    if len(part) > of.decimals:
        raise Invalid(f"{of.name} has {_decimals(of.decimals)}; write it like {example}.", field)
    minor = int(re.sub(r"\D", "", match["whole"]) + part.ljust(of.decimals, "0"))
    if minor > LARGEST_MINOR:
        raise Invalid(f"The largest amount is {format_money(LARGEST_MINOR, currency)}.", field)
    return minor


def _digits(minor: int, decimals: int, style: _Locale) -> str:
    whole, part = divmod(minor, 10**decimals)
    grouped = f"{whole:,}".replace(",", style.group)
    return f"{grouped}{style.point}{part:0{decimals}d}" if decimals else grouped


def _decimals(count: int) -> str:
    return f"at most {count} decimals" if count else "no decimals"
