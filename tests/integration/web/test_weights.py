"""What the first load of each page may weigh, compressed as gzip, over the front end as it was built.

`bench/weight` measures the same in a browser; this adds up the files that a page names, so it takes no time.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from contractflow.ops.serving import ROOT

BUILT = ROOT / ".web/build/client"
HEAD = 850
"""Bytes of an answer before its body, by HTTP/1.1."""
TYPE, BOOK, BOOK_ITALIC = "inter-latin", "source-serif-latin", "source-serif-latin-italic"

# path: kB of a thousand bytes, and the faces it is set in. Those of the portal are promised: clients open them on any line.
BUDGETS = {
    "portal/documents/:document_id": (300, [TYPE, BOOK]),
    "portal/invoices/:invoice_id": (265, [TYPE]),
    "": (330, [TYPE, BOOK, BOOK_ITALIC]),
    "documents/:document_id": (340, [TYPE, BOOK]),
}
EVERY_OTHER = (310, [TYPE])


@pytest.fixture(scope="module")
def manifest(front_end: None) -> dict[str, Any]:
    (file,) = (BUILT / "assets").glob("manifest-*.js")
    text: dict[str, Any] = json.loads(file.read_text().partition("=")[2].rstrip().rstrip(";"))
    return text | {"file": f"/assets/{file.name}"}


def weight(manifest: dict[str, Any], path: str, faces: list[str]) -> int:
    """Bytes of everything that the page at `path` loads before anybody does anything."""
    routes = manifest["routes"]
    page = next(route for route in routes.values() if route.get("path", "") == path and route.get("index"))
    (sheet,) = (BUILT / "assets").glob("__reflex_global_styles-*.css")
    scripts = {
        file
        for part in (manifest["entry"], routes["root"], page)
        for file in (part["module"], *part["imports"])
    }
    return sum(
        _sent(file)
        for file in (
            *scripts,
            manifest["file"],
            f"/assets/{sheet.name}",
            *(f"/fonts/{face}.woff2" for face in faces),
        )
    ) + _document(path)


@cache
def _sent(file: str) -> int:
    plain = BUILT / file.lstrip("/")
    packed = plain.with_name(f"{plain.name}.gz")
    return (packed if packed.exists() else plain).stat().st_size + HEAD


def _document(path: str) -> int:
    """It is not compressed: every answer has a nonce of its own."""
    own = BUILT / path / "index.html"
    return (own if own.exists() else BUILT / "__spa-fallback.html").stat().st_size + HEAD


def test_no_page_outgrows_its_budget(manifest: dict[str, Any]) -> None:
    paths = {route.get("path", "") for route in manifest["routes"].values() if route.get("index")}
    assert paths >= BUDGETS.keys()
    budgets = {path: BUDGETS.get(path, EVERY_OTHER) for path in paths}
    weights = {path: weight(manifest, path, faces) for path, (_, faces) in budgets.items()}
    outgrown = {f"/{path}": kb for path, kb in weights.items() if kb > budgets[path][0] * 1000}
    assert outgrown == {}, "bytes; see bench/README.md for what weighs, or raise the budget and say why"
    assert min(weights.values()) > 150_000, (
        "nothing weighs that little: the build names its files differently"
    )
