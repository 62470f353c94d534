"""What a file is by its first bytes, how large it would be when drawn, and whether it has an end."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from contractflow.errors import Invalid

LARGEST: Final = 1024 * 1024
"""Bytes."""
SMALLEST_SIDE: Final = 24
LARGEST_SIDE: Final = 4096
"""Pixels: four bytes each, 64 MB when drawn."""

FIELD: Final = "logo"
EMPTY: Final = "Choose a picture first. What arrived is empty."
TOO_LARGE: Final = "This picture is larger than 1 MB. Save it smaller, then try again."
SVG: Final = "An SVG can hold programs, so we do not take it. Export your logo as a PNG, then try again."
OTHER: Final = (
    "This is no PNG, JPEG or WebP, whatever its name says. Export your logo as a PNG, then try again."
)
BROKEN: Final = "This picture is damaged or did not arrive whole. Save it anew, then try again."
TOO_MANY_PIXELS: Final = (
    f"This picture has more than {LARGEST_SIDE:,} pixels on a side. Save it smaller, then try again."
)
TOO_FEW_PIXELS: Final = f"This picture has fewer than {SMALLEST_SIDE} pixels on a side. Choose a larger one."

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""The markers of JPEG that say how large it is."""
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})
"""The markers that have no length."""


@dataclass(frozen=True)
class Seen:
    """`format` is png, jpg or webp; the sides are pixels as the file says them."""

    format: str
    width: int
    height: int


def look_at(content: bytes) -> Seen:
    """Raises Invalid with a sentence for what is not taken; nothing is decoded here."""
    if not content:
        raise Invalid(EMPTY, FIELD)
    if len(content) > LARGEST:
        raise Invalid(TOO_LARGE, FIELD)
    try:
        seen = _seen(content)
    except (struct.error, IndexError):
        raise Invalid(BROKEN, FIELD) from None
    if max(seen.width, seen.height) > LARGEST_SIDE:
        raise Invalid(TOO_MANY_PIXELS, FIELD)
    if min(seen.width, seen.height) < SMALLEST_SIDE:
        raise Invalid(TOO_FEW_PIXELS, FIELD)
    return seen


def _seen(content: bytes) -> Seen:
    if content.startswith(_PNG):
        return Seen("png", *_sides_of_png(content))
    if content.startswith(_JPEG):
        return Seen("jpg", *_sides_of_jpeg(content))
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return Seen("webp", *_sides_of_webp(content))
    raise Invalid(SVG if _is_svg(content) else OTHER, FIELD)


def _is_svg(content: bytes) -> bool:
    """Also in UTF-16, and behind whatever stands before its root."""
    begins = content[:4096].replace(b"\0", b"").lower()
    return b"<svg" in begins or b"<!doctype svg" in begins


def _sides_of_png(content: bytes) -> tuple[int, int]:
    if content[12:16] != b"IHDR" or b"IEND" not in content:
        raise Invalid(BROKEN, FIELD)
    width, height = struct.unpack_from(">II", content, 16)
    return width, height


def _sides_of_jpeg(content: bytes) -> tuple[int, int]:
    """Segment by segment up to the frame."""
    at = 2
    while True:
        if content[at] != 0xFF:
            raise Invalid(BROKEN, FIELD)
        marker = content[at + 1]
        if marker in _FRAMES:
            break
        if marker in _ALONE or marker == 0xFF:
            at += 1 if marker == 0xFF else 2
            continue
        (length,) = struct.unpack_from(">H", content, at + 2)
        if length < 2:
            raise Invalid(BROKEN, FIELD)
        at += 2 + length
    height, width = struct.unpack_from(">HH", content, at + 5)
    if b"\xff\xd9" not in content[at:]:
        raise Invalid(BROKEN, FIELD)
    return width, height


def _sides_of_webp(content: bytes) -> tuple[int, int]:
    """Of the three kinds: extended, lossless, lossy."""
    (size,) = struct.unpack_from("<I", content, 4)
    if size + 8 > len(content):
        raise Invalid(BROKEN, FIELD)
    kind = content[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", content, 26)
    return width & 0x3FFF, height & 0x3FFF
