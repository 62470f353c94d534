"""Passwords that were breached often: they are the first anybody tries, however long they are.

The list ships with the product, so that nobody's password, nor a part of its hash, is sent anywhere. It holds 44,000
breached passwords of twelve characters and more, and the 13,000 commonest words of shorter ones, which people dress up
with digits. How it is made stands in scripts/breached_passwords.py.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_left
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("breached.bin")
WIDTH: Final = 6
"""Bytes of each SHA-256."""

OURS: Final = frozenset(
    """
    987654321000 a123456789012 abcd1234abcd asdf1234asdf asdfghjklqwerty azertyuiopqsdfghjklm changethis123
    correcthorsebatterystaple helloworld12 helloworld123 jesuschrist1 letmeinplease liverpoolfc1 masterpassword
    newpassword12 newpassword123 qq1234567890 qwertzuiop123 test1234test
    """.split()  # noqa: SIM905  a list of quoted words would be four times as long
)
"""As easy, and in no list of breaches."""

MOST_DRESSING: Final = 6
_ROWS: Final = "01234567890123456789 98765432109876543210"
_LEET: Final = str.maketrans("013457@$!", "oieastasi")
_DRESSING: Final = re.compile(r"^[\W\d_]*|[\W\d_]*$")


def is_common(password: str) -> bool:
    """Whether it was breached often, or is one of the commonest words with a few digits and signs around it."""
    text = plain(password)
    if text.replace(" ", "") in OURS or _is_listed(text):
        return True
    word = _DRESSING.sub("", text)
    return _is_light(text.replace(word, "", 1)) and any(
        _is_listed(f"word:{one}") for one in {word, word.translate(_LEET)}
    )


def plain(password: str) -> str:
    """As it is compared: whatever looks the same is the same, in lower case."""
    return unicodedata.normalize("NFKC", password).casefold()


def _is_light(dressing: str) -> bool:
    """A few characters, or a row of digits that takes no thought."""
    return len(dressing) <= MOST_DRESSING or dressing in _ROWS


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()[:WIDTH]


def _is_listed(text: str) -> bool:
    wanted, known = digest(text), _known()
    place = bisect_left(range(len(known) // WIDTH), wanted, key=lambda n: known[n * WIDTH : (n + 1) * WIDTH])
    return known[place * WIDTH : (place + 1) * WIDTH] == wanted


@cache
def _known() -> bytes:
    return FILE.read_bytes()
