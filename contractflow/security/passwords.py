"""Passwords: long rather than complicated (NIST SP 800-63B), stored with argon2id.

19 MiB, two passes and one lane is OWASP's minimum; it takes about a tenth of a second, which is why it runs in
threads that give way to everything else, at most two at a time: more would only make each slower and the process larger.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache, partial
from itertools import pairwise
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from contractflow.errors import Invalid, Unavailable
from contractflow.security.common_passwords import is_common, plain

SHORTEST: Final = 12
LONGEST: Final = 128
AT_ONCE: Final = 2
MOST_WAITING: Final = 100
NICENESS: Final = 5
LEAST_OF_ONES_OWN: Final = 8
"""Characters that must be left when the words that everybody knows of somebody are taken out."""
PRODUCT: Final = "contractflow"
HELP: Final = "Twelve characters or more. A sentence works."

Result = TypeVar("Result")
_WORD: Final = re.compile(r"[^\W_]+")
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_line = {"length": 0}
"""How many are being compared or wait for it in this process."""


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
    return await _apart(_hasher.hash, password)


async def verify_password(stored: str | None, password: str) -> bool:
    """Whether it is the right one. `stored` None (nobody has that address) takes exactly as long and is False."""
    if len(password) > LONGEST:
        password, stored = password[:LONGEST], None
    right = await _apart(_verify, stored, password)
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


def _verify(stored: str | None, password: str) -> bool:
    # Made here for everybody, so that the first one without an account does not pay for it.
    nobodys = _nobodys()
    try:
        return _hasher.verify(stored or nobodys, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")


async def _apart(work: Callable[..., Result], *args: object) -> Result:
    """Off the event loop. Raises Unavailable rather than let a line grow whose end nobody would wait for."""
    if _line["length"] >= MOST_WAITING:
        raise Unavailable("Very many people are signing in at the moment. Please try again in a minute.")
    _line["length"] += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads(), partial(work, *args))
    finally:
        _line["length"] -= 1


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password", initializer=_give_way)


def _give_way() -> None:
    """Where there is more to do than processors, everybody else's events come first. Linux knows threads by number."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
