"""Amounts: shown exactly, read exactly, never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractflow.errors import Invalid
from contractflow.money import (
    CURRENCIES,
    LARGEST_MINOR,
    Money,
    format_amount,
    format_money,
    parse_money,
)

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "shown"),
    [
        (120000, "EUR", "en", "€1,200.00"),
        (120000, "EUR", "de", f"1.200,00{NBSP}€"),
        (120000, "EUR", "fr-FR", f"1\u202f200,00{NBSP}€"),
        (120000, "EUR", "nl", f"€{NBSP}1.200,00"),
        (120000, "EUR", "xx", "€1,200.00"),
        (5, "USD", "en", "$0.05"),
        (1200, "JPY", "en", "¥1,200"),
        (1200500, "KWD", "en", f"KWD{NBSP}1,200.500"),
        (-120050, "GBP", "en", "−£1,200.50"),
        (120000, "CHF", "de_CH", f"1.200,00{NBSP}CHF"),
    ],
)
def test_an_amount_reads_as_people_write_it(minor, currency, locale, shown):
    assert format_money(minor, currency, locale) == shown


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("1,200.50", "EUR", 120050),
        ("1200.5", "EUR", 120050),
        (" 1 200 ", "EUR", 120000),
        ("1'200", "CHF", 120000),
        ("€1,200.00", "EUR", 120000),
        ("1,200.00 EUR", "EUR", 120000),
        ("0", "EUR", 0),
        ("1,200", "JPY", 1200),
        ("1.005", "KWD", 1005),
        ("10,000,000,000.00", "EUR", LARGEST_MINOR),
    ],
)
def test_what_people_type_is_read_exactly(typed, currency, minor):
    assert parse_money(typed, currency) == minor


@pytest.mark.parametrize(
    ("typed", "currency", "sentence"),
    [
        ("", "EUR", "Enter an amount, like 1,200.50."),
        ("-5", "EUR", "An amount cannot be negative."),
        ("−5", "EUR", "An amount cannot be negative."),
        ("1.234", "EUR", "Euro has at most 2 decimals; write it like 1,200.50."),
        ("1.5", "JPY", "Japanese yen has no decimals; write it like 1,200."),
        ("12,50", "EUR", "Write the amount in digits, like 1,200.50."),
        ("1.200,50", "EUR", "Write the amount in digits, like 1,200.50."),
        ("a lot", "EUR", "Write the amount in digits, like 1,200.50."),
        ("1e9", "EUR", "Write the amount in digits, like 1,200.50."),
        ("٣٤", "EUR", "Write the amount in digits, like 1,200.50."),
        ("9" * 100_000, "EUR", "Write the amount in digits, like 1,200.50."),
        ("10000000000.01", "EUR", "The largest amount is €10,000,000,000.00."),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(typed, currency, sentence):
    with pytest.raises(Invalid) as refusal:
        parse_money(typed, currency, "total")
    assert (refusal.value.message, refusal.value.field) == (sentence, "total")


def test_a_currency_we_do_not_offer_is_refused():
    with pytest.raises(Invalid):
        format_money(1, "XXX")
    with pytest.raises(Invalid):
        Money(1, "eur")
    assert str(Money(150, "EUR")) == "€1.50"


@given(st.integers(0, LARGEST_MINOR), st.sampled_from(sorted(CURRENCIES)))
def test_what_is_shown_can_be_typed_back(minor, currency):
    assert parse_money(format_money(minor, currency), currency) == minor
    assert parse_money(format_amount(minor, currency), currency) == minor
