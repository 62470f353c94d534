"""A printed document → PDF/A-2a and PDF/UA-1 bytes, the same bytes for the same values.

The template reads JSON and never source text, so nothing a person typed can become an instruction of typst.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import typst

from contractflow.content import nodes
from contractflow.content.nodes import Node
from contractflow.errors import Invalid
from contractflow.integrations.signing import glyphs
from contractflow.integrations.signing.printed import PrintedContract

_TEMPLATE = Path(__file__).parent / "template"
_STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]
_NUMBERED = re.compile(r"\s*(?:§\s*)?\d+[.)]?\s")
_ACCENT = re.compile(r"#[0-9a-fA-F]{6}")
_NOT_PRINTABLE = "[?]"
_one_at_a_time = Lock()  # a typst compiler cannot be entered twice


def render(document: PrintedContract) -> bytes:
    """The PDF of `document`. Raises Invalid when its text holds characters that no font has."""
    glyphs.check([("title", document.title), *((block.id, block.md) for block in document.blocks)])
    inputs = {"data": json.dumps(_data(document), ensure_ascii=False)}
    with _one_at_a_time:
        pdf = _compiler().compile(
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=_STANDARDS,
            timestamp=int(document.printed_at.timestamp()),
        )
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no single PDF")
    return pdf


def pages(document: PrintedContract, ppi: float = 72) -> list[bytes]:
    """The pages as PNG pictures: what a person looks at while the template changes."""
    with _one_at_a_time:
        shown = _compiler().compile(
            format="png", ppi=ppi, sys_inputs={"data": json.dumps(_data(document), ensure_ascii=False)}
        )
    return shown if isinstance(shown, list) else [shown or b""]


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(glyphs.FONTS)]
    )
    return typst.Compiler(
        str(_TEMPLATE / "contract.typ"), root=str(_TEMPLATE), font_paths=fonts, ignore_system_fonts=True
    )


def _data(document: PrintedContract) -> dict[str, Any]:
    if not _ACCENT.fullmatch(document.accent):
        raise Invalid("The accent is a colour like #3e63dd.", "accent")
    facts = {
        key: value for key, value in asdict(document).items() if key not in ("blocks", "printed_at", "logo")
    }
    return {**_printable(facts), "logo": list(document.logo), "clauses": _clauses(document)}


def _printable(value: Any) -> Any:
    """Names and addresses were typed where nobody asked the fonts: at worst a character shows as [?]."""
    match value:
        case str():
            return glyphs.printable(nodes.visible(value), _NOT_PRINTABLE)
        case dict():
            return {key: _printable(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_printable(inner) for inner in value]
        case _:
            return value


def _clauses(document: PrintedContract) -> list[dict[str, Any]]:
    """Each clause has its heading, the rest, and its number, unless the headings bring their own numbers."""
    parsed = [nodes.parse(block.md) for block in document.blocks]
    headings = [tree[0] for tree in parsed if _has_heading(tree)]
    own_numbers = any(_NUMBERED.match(nodes.plain([heading])) for heading in headings)
    clauses: list[dict[str, Any]] = []
    number = 0
    for tree in parsed:
        if not _has_heading(tree):
            clauses.append({"number": "", "heading": [], "body": tree})
            continue
        number += 1
        shown = "" if own_numbers else f"{number}."
        clauses.append({"number": shown, "heading": tree[0]["children"], "body": tree[1:]})
    return clauses


def _has_heading(tree: list[Node]) -> bool:
    return bool(tree) and tree[0]["type"] == "heading"
