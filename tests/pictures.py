"""Pictures for tests, good and bad, made of their bytes: there is no library of pictures in the product."""

from __future__ import annotations

import base64
import struct
import zlib

RED, BLUE = (221, 34, 34, 255), (34, 34, 221, 255)
Colour = tuple[int, int, int, int]

# 48 × 32 pixels, the left half red and the right half blue, as Chromium writes them.
_JPEG = (
    "/9sAQwAUDg8SDw0UEhASFxUUGB4yIR4cHB49LC4kMklATEtHQEZFUFpzYlBVbVZFRmSIZW13e4GCgU5gjZeMfZZzfoF8/9sAQwEVFxceGh47ISE7"
    "fFNGU3x8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8/8AAEQgAIAAwAwEiAAIRAQMRAf/EABUAAQEAAAAA"
    "AAAAAAAAAAAAAAAE/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/EABYBAQEBAAAAAAAAAAAAAAAAAAUGBP/EABgRAQADAQAAAAAAAAAAAAAAAAAFQoHB"
    "/9oADAMBAAIRAxEAPwCABjUYhXITEXfOi5Gu8AC4pcAkFSIVyExF3zouRrvAAuKf/9k="
)
_WEBP = "VlA4IEgAAACQAwCdASowACAAPu1mqk2ppaQiMAgBMB2JQBnjcD2AAHuqHGeAAP7lCv6o833L//jeBUW7t5un3QXS3yZsUbsPA4FhLmgAAAA="


def png(width: int, height: int, colour: Colour = RED, *, more: bytes = b"", pixels: bytes = b"") -> bytes:
    """One colour; `more` are chunks of one's own, `pixels` others than these."""
    rows = pixels or (b"\0" + bytes(colour) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    body = chunk(b"IHDR", header) + more + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def jpeg(*, turned: bool = False) -> bytes:
    """`turned`: a camera noted that it was held upright."""
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0)
    exif = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 1) + entry + bytes(4)
    note = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif if turned else b""
    return b"\xff\xd8" + note + base64.b64decode(_JPEG)


def webp(*, extended: bool = False) -> bytes:
    sides = (47).to_bytes(3, "little") + (31).to_bytes(3, "little")
    before = b"VP8X" + struct.pack("<I", 10) + bytes(4) + sides if extended else b""
    body = b"WEBP" + before + base64.b64decode(_WEBP)
    return b"RIFF" + struct.pack("<I", len(body)) + body
