"""`contractflow keys`: a new key for the session cookies in front, old ones out when their time is over.

Sealing uses the first key, opening any: nobody is signed out by a rotation. Every open tab gets a cookie of the new key
within a quarter of an hour, and no session lives longer than half a day; after that the old key can be dropped.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from contractflow.config import settings
from contractflow.errors import Invalid
from contractflow.security.keyring import parse_keys

Pairs = list[tuple[str, str]]


def listed(file: Path | None) -> str:
    """The ids, the current one first; never a secret."""
    ids = [kid for kid, _ in _pairs(file)]
    return "\n".join(
        f"{kid}{'  signs' if number == 0 else '  still opens'}" for number, kid in enumerate(ids)
    )


def rotate(file: Path | None) -> str:
    """A new key in front, for a single process. The answer is the new value, or what was written to `file`."""
    pairs = _pairs(file)
    fresh = (_new_id(kid for kid, _ in pairs), secrets.token_urlsafe(36))
    return _kept([fresh, *pairs], file, f"{fresh[0]} signs from now on.")


def add(file: Path | None) -> str:
    """A new key at the end, which opens and does not sign yet: for several processes, which learn of it one by one."""
    pairs = _pairs(file)
    fresh = (_new_id(kid for kid, _ in pairs), secrets.token_urlsafe(36))
    return _kept([*pairs, fresh], file, f"{fresh[0]} opens from now on.")


def use(kid: str, file: Path | None) -> str:
    """Let a key sign that every process knows already. Raises Invalid for one that is not there."""
    pairs = _pairs(file)
    _require(kid, pairs)
    return _kept(sorted(pairs, key=lambda pair: pair[0] != kid), file, f"{kid} signs from now on.")


def drop(kid: str, file: Path | None) -> str:
    """Take a key out: what it has signed opens no more. Raises Invalid for the current one and for one that is not there."""
    pairs = _pairs(file)
    if pairs[0][0] == kid:
        raise Invalid(f"{kid} is the key that signs: rotate first.")
    _require(kid, pairs)
    return _kept([pair for pair in pairs if pair[0] != kid], file, f"{kid} opens nothing any more.")


def _require(kid: str, pairs: Pairs) -> None:
    known = [one for one, _ in pairs]
    if kid not in known:
        raise Invalid(f"There is no key {kid}. There are: {', '.join(known)}.")


def _pairs(file: Path | None) -> Pairs:
    """Of the file, or of the settings. Raises Invalid without repeating a secret."""
    try:
        text = file.read_text().strip() if file else settings().session_keys.get_secret_value()
        parse_keys(text)
    except OSError as problem:
        raise Invalid(f"Cannot read {file}: {problem.strerror}.") from None
    except ValueError as problem:
        raise Invalid(f"These are no keys: {problem}.") from None
    found = (part.strip().partition(":") for part in text.split(",") if part.strip())
    return [(kid, secret) for kid, _, secret in found]


def _kept(pairs: Pairs, file: Path | None, said: str) -> str:
    text = ",".join(f"{kid}:{secret}" for kid, secret in pairs)
    if file is None:
        return f"CONTRACTFLOW_SESSION_KEYS={text}"
    _write(file, text)
    return said


def _write(file: Path, text: str) -> None:
    """All of it or nothing, readable by its owner only."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    with os.fdopen(handle, "w") as fresh:
        fresh.write(text + "\n")
    Path(name).replace(file)


def _new_id(taken: Iterable[str]) -> str:
    """The day, and a letter when it is not the first of it."""
    known, day = set(taken), f"{datetime.now(UTC):%Y%m%d}"
    return next(
        kid
        for kid in (day, *(f"{day}{letter}" for letter in "bcdefghijklmnopqrstuvwxyz"))
        if kid not in known
    )
