"""Bank transfer, the payment adapter that needs no vendor: where the money goes, checked before anybody pays."""

from __future__ import annotations

import re
from dataclasses import dataclass

from contractflow.errors import Invalid

# How long an account number is, by country (ISO 13616 registry). A country that is not here has no IBAN.
# fmt: off
_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29,
    "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29,
    "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28,
    "HN": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20,
    "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19,
    "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29,
    "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24,
    "SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
    "YE": 30,
}
# fmt: on
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}")
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")


@dataclass(frozen=True)
class BankAccount:
    """Where a client sends the money. `iban` and `bic` are stored without spaces, in capitals."""

    holder: str
    iban: str
    bic: str = ""
    bank: str = ""

    @property
    def spaced_iban(self) -> str:
        """As banks print it: groups of four."""
        return " ".join(re.findall(".{1,4}", self.iban))


def check_iban(text: str) -> str:
    """`text` as it is stored. Raises Invalid that names what is wrong: shape, country, length or check digits."""
    iban = re.sub(r"[\s.-]", "", text).upper()
    if not iban:
        raise Invalid("Enter the IBAN.", "iban")
    if not _IBAN.fullmatch(iban):
        raise Invalid(
            "An IBAN starts with two letters and two digits, such as DE89 3704 0044 0532 0130 00.", "iban"
        )
    country, length = iban[:2], _LENGTHS.get(iban[:2])
    if length is None:
        raise Invalid(f"No country with the code {country} uses IBANs.", "iban")
    if len(iban) != length:
        raise Invalid(f"An IBAN from {country} has {length} characters; this one has {len(iban)}.", "iban")
    if not _adds_up(iban):
        raise Invalid("The check digits do not match. Is there a typing mistake?", "iban")
    return iban


def check_bic(text: str) -> str:
    """`text` as it is stored; may be empty. Raises Invalid."""
    bic = re.sub(r"\s", "", text).upper()
    if bic and not _BIC.fullmatch(bic):
        raise Invalid("A BIC has 8 or 11 characters, such as COBADEFF or COBADEFFXXX.", "bic")
    return bic


def _adds_up(iban: str) -> bool:
    """ISO 7064 MOD 97-10: country and check digits moved to the end, A = 10 … Z = 35, remainder 1."""
    digits = "".join(str(int(character, 36)) for character in iban[4:] + iban[:4])
    return int(digits) % 97 == 1
