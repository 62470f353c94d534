"""An account number that reaches a client was checked: shape, country, length, check digits."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractflow.errors import Invalid
from contractflow.integrations.payments.transfer import BankAccount, check_bic, check_iban

# Published example accounts of the ISO 13616 registry.
GOOD = [
    "DE89 3704 0044 0532 0130 00",
    "GB29 NWBK 6016 1331 9268 19",
    "FR14 2004 1010 0505 0001 3M02 606",
    "NO93 8601 1117 947",
    "MT84 MALT 0110 0001 2345 MTLC AST0 01S",
    "CH93 0076 2011 6238 5295 7",
]
BAD = [
    ("", "Enter the IBAN"),
    ("12345678", "starts with two letters"),
    ("DE89 3704 0044 0532 0130 0é", "starts with two letters"),
    ("US64 SVBK US6S 3300 9586 71", "No country with the code US"),
    ("DE89 3704 0044 0532 0130 0", "has 22 characters; this one has 21"),
    ("DE88 3704 0044 0532 0130 00", "check digits"),
    ("DE89 3704 0044 0532 0310 00", "check digits"),
]


@pytest.mark.parametrize("text", GOOD)
def test_a_real_account_number_is_taken_however_it_is_spaced(text):
    stored = text.replace(" ", "")
    assert check_iban(text) == check_iban(text.lower()) == check_iban(text.replace(" ", "-")) == stored
    assert BankAccount("Northlight", stored).spaced_iban == text


@pytest.mark.parametrize(("text", "says"), BAD)
def test_a_wrong_account_number_is_refused_with_what_is_wrong(text, says):
    with pytest.raises(Invalid, match=says) as refusal:
        check_iban(text)
    assert refusal.value.field == "iban"


@given(st.sampled_from(GOOD), st.data())
def test_one_mistyped_digit_never_gets_through(text, data):
    iban = text.replace(" ", "")
    place = data.draw(st.sampled_from([i for i, character in enumerate(iban) if character.isdigit()]))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != iban[place]]))
    with pytest.raises(Invalid):
        check_iban(iban[:place] + other + iban[place + 1 :])


@given(st.text(max_size=60))
def test_whatever_is_typed_is_an_account_number_or_a_sentence(text):
    with suppress(Invalid):
        assert check_iban(check_iban(text)) == check_iban(text)


def test_a_bic_is_optional_and_has_eight_or_eleven_characters():
    assert check_bic("") == ""
    assert check_bic("coba deff xxx") == "COBADEFFXXX"
    assert check_bic("COBADEFF") == "COBADEFF"
    with pytest.raises(Invalid, match="8 or 11"):
        check_bic("COBADEF")
