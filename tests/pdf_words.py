"""What somebody reads in a PDF that we made: its glyphs, back to letters by the tables of its fonts."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader

_CODE, _RANGE = (
    r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>",
    r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>",
)
_TOKEN = re.compile(rb"/(\w+) [\d.]+ Tf|<([0-9A-Fa-f]*)>|\((?:\\.|[^\\()])*\)|\b(T[jJ])\b", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def words_of(pdf: bytes) -> str:
    """All words, with single spaces; a word that is broken over two lines keeps its hyphen."""
    reader = PdfFileReader(io.BytesIO(pdf))
    return " ".join(" ".join(_page(page) for page in _pages(reader.root["/Pages"])).split())


def _pages(node: Any) -> Iterator[Any]:
    for kid in node["/Kids"]:
        page = kid.get_object()
        yield from _pages(page) if page["/Type"] == "/Pages" else iter([page])


def _page(page: Any) -> str:
    letters = {name[1:]: _letters(font.get_object()) for name, font in page["/Resources"]["/Font"].items()}
    said, known = [], {}
    for token in _TOKEN.finditer(page["/Contents"].data):
        font, digits, shows = token.groups()
        if font is not None:
            known = letters.get(font.decode(), {})
        elif shows is not None:
            said.append(" " if shows == b"TJ" else "")
        else:
            code = bytes.fromhex(digits.decode()) if digits is not None else _literal(token.group())
            said.append(_read(code, known))
    return "".join(said)


def _read(code: bytes, letters: dict[int, str]) -> str:
    pairs = zip(code[::2], code[1::2], strict=False)
    return "".join(letters.get(high << 8 | low, "") for high, low in pairs)


def _literal(token: bytes) -> bytes:
    def plain(escaped: re.Match[bytes]) -> bytes:
        what = escaped.group(1)
        return bytes([int(what, 8)]) if what.isdigit() else _ESCAPES.get(what, what)

    return re.sub(rb"\\([0-7]{1,3}|.)", plain, token[1:-1], flags=re.DOTALL)


def _letters(font: Any) -> dict[int, str]:
    table = font["/ToUnicode"].data.decode("latin-1") if "/ToUnicode" in font else ""
    found = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        found |= {int(code, 16): _utf16(letter) for code, letter in re.findall(_CODE, block)}
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, letter in re.findall(_RANGE, block):
            span = range(int(first, 16), int(last, 16) + 1)
            found |= {code: chr(int(letter, 16) + code - span[0]) for code in span}
    return found


def _utf16(digits: str) -> str:
    return bytes.fromhex(digits).decode("utf-16-be")
