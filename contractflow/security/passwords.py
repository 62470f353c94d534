"""Passwords: long rather than complicated (NIST SP 800-63B), stored with argon2id.

19 MiB, two passes and one lane is OWASP's minimum; it takes about a tenth of a second, which is why it runs in a
thread and at most twice at a time: more at once would only make each slower and the process larger.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import Final
from weakref import WeakKeyDictionary

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from contractflow.errors import Invalid
from contractflow.security.common_passwords import is_common, plain

SHORTEST: Final = 12
LONGEST: Final = 128
AT_ONCE: Final = 2
LEAST_OF_ONES_OWN: Final = 8
"""Characters that must be left when the words that everybody knows of somebody are taken out."""
PRODUCT: Final = "contractflow"
HELP: Final = "Twelve characters or more. A sentence works."

_WORD: Final = re.compile(r"[^\W_]+")
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_gates: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


def check_strength(password: str, *known: str) -> None:
    """Raises Invalid unless the password is long enough, not among the usual ones and not made of `known`: the
    person's own address and names, and those of their agency. No other rule: neither digits nor capitals are asked for."""
    if len(password) < SHORTEST:
        raise Invalid(f"Use {SHORTEST} characters or more; a few words make a good password.", "password")
    if len(password) > LONGEST:
        raise Invalid(f"Use at most {LONGEST} characters.", "password")
    text = plain(password)
    if is_common(password) or _is_pattern(text):
        raise Invalid("That password is one of the first anybody would try. Choose another.", "password")
    if _own_part(text, known) < LEAST_OF_ONES_OWN:
        raise Invalid(
            "That password is mostly your name, your address or your agency's. Choose another.", "password"
        )


async def hash_password(password: str) -> str:
    async with _gate():
        return await asyncio.to_thread(_hasher.hash, password)


async def verify_password(stored: str | None, password: str) -> bool:
    """Whether it is the right one. `stored` None (nobody has that address) takes exactly as long and is False."""
    if len(password) > LONGEST:
        password, stored = password[:LONGEST], None
    async with _gate():
        right = await asyncio.to_thread(_verify, stored or _dummy(), password)
    return right and stored is not None


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with weaker settings than today's."""
    return _hasher.check_needs_rehash(stored)


def _own_part(text: str, known: Iterable[str]) -> int:
    """How much of a password is left without the words about somebody, from three letters on."""
    words = {word for one in (*known, PRODUCT) for word in _WORD.findall(plain(one)) if len(word) >= 3}
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "")
    return len(text)


def _is_pattern(text: str) -> bool:
    """Something said twice or more often, or every character one further than the last."""
    if any(text == (text[:size] * len(text))[: len(text)] for size in range(1, len(text) // 2 + 1)):
        return True
    return len({ord(after) - ord(before) for before, after in pairwise(text)}) == 1


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _dummy() -> str:
    return _hasher.hash("nobody has this password")


def _gate() -> asyncio.Semaphore:
    """One gate for each event loop: a semaphore belongs to the loop it first waited in."""
    return _gates.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
