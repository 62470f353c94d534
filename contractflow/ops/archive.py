"""The file of a backup: encrypted frames that nobody can read, change, cut short or put in another order unnoticed.

A line of JSON (what it is, which key), then frames: four bytes of length, and AES-256-GCM over one byte of kind and the
content, compressed. The number of the frame is its nonce; the key is made from CONTRACTFLOW_BACKUP_KEY and the file's own
salt. The last frame says that it is the last.
"""

from __future__ import annotations

import json
import secrets
import struct
import zlib
from collections.abc import Iterator
from enum import Enum
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from contractflow.errors import Invalid

FORMAT: Final = "contractflow-backup-1"
SHORTEST_KEY: Final = 32
LARGEST_FRAME: Final = 64 * 1024 * 1024
_LONGEST_HEAD: Final = 1_000
_LENGTH: Final = struct.Struct(">I")


class Kind(bytes, Enum):
    TABLE = b"t"
    """JSON: which table follows, and its columns."""
    ROWS = b"r"
    """What COPY gave, a piece of it."""
    END = b"e"
    """JSON: the manifest. Nothing comes after it."""


class Writer:
    def __init__(self, file: BinaryIO, key: str) -> None:
        salt = secrets.token_hex(16)
        head = json.dumps({"format": FORMAT, "salt": salt}).encode()
        file.write(head + b"\n")
        self._file, self._head, self._cipher, self._number = file, head, _cipher(key, salt), 0

    def add(self, kind: Kind, content: bytes) -> None:
        body = kind.value + zlib.compress(content, 6)
        locked = self._cipher.encrypt(_nonce(self._number), body, self._head)
        self._file.write(_LENGTH.pack(len(locked)) + locked)
        self._number += 1


def frames(file: BinaryIO, key: str) -> Iterator[tuple[Kind, bytes]]:
    """From the beginning of `file`. Raises Invalid, in one line, for what is not a whole backup of this key."""
    file.seek(0)
    head = file.readline(_LONGEST_HEAD).removesuffix(b"\n")
    cipher = _cipher(key, _salt(head))
    kind, number = Kind.TABLE, 0
    while kind is not Kind.END:
        kind, content = _open(cipher, number, _next(file), head)
        yield kind, content
        number += 1
    if file.read(1):
        raise Invalid("This backup goes on after its end: it was changed.")


def _next(file: BinaryIO) -> bytes:
    length = file.read(_LENGTH.size)
    size = _LENGTH.unpack(length)[0] if len(length) == _LENGTH.size else 0
    if size > LARGEST_FRAME:
        raise Invalid("This backup is damaged.")
    locked = file.read(size)
    if not size or len(locked) < size:
        raise Invalid("This backup is cut short.")
    return locked


def _open(cipher: AESGCM, number: int, locked: bytes, head: bytes) -> tuple[Kind, bytes]:
    try:
        body = cipher.decrypt(_nonce(number), locked, head)
        return Kind(body[:1]), zlib.decompress(body[1:])
    except InvalidTag:
        wrong_key = "CONTRACTFLOW_BACKUP_KEY is not the key of this backup, or its beginning was changed."
        raise Invalid("This backup is damaged." if number else wrong_key) from None


def _salt(head: bytes) -> str:
    try:
        known = json.loads(head)
        form, salt = known["format"], str(known["salt"])
    except (ValueError, KeyError, TypeError):
        form, salt = "", ""
    if form != FORMAT:
        raise Invalid("This file is no backup of ContractFlow.")
    return salt


def _cipher(key: str, salt: str) -> AESGCM:
    if len(key) < SHORTEST_KEY:
        raise Invalid(f"Set CONTRACTFLOW_BACKUP_KEY to a secret of {SHORTEST_KEY} characters or more.")
    return AESGCM(
        HKDF(SHA256(), 32, salt=salt.encode(), info=b"contractflow\x00backup\x00v1").derive(key.encode())
    )


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")
