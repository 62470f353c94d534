"""Markdown → a small tree of allow-listed nodes: the only form in which text reaches a screen or a PDF.

A node is a JSON object. Inline: text(value) · strong · emphasis · strike · link(href) · code(value) · break.
Block: heading(level) · paragraph(tight) · bullets · numbers(start) · item · quote · code_block(value) · rule ·
table · row · head · cell (both with align). All but the ones with a value or nothing have `children`.
HTML and images stay literal text, and so do reference definitions, because they would hide text from the reader.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from contractflow.errors import Invalid

Node = dict[str, Any]

DEEPEST = 20
_SCHEMES = ("http", "https", "mailto")
_LONGEST_LINK = 2_000

# markdown-it drops what lies deeper than maxNesting; we refuse long before that, so that nothing is ever dropped.
_MARKDOWN = (
    MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False, "maxNesting": 100})
    .enable(["table", "strikethrough"])
    .disable(["image", "html_block", "html_inline", "reference"])
)

_CONTAINERS = {
    "strong_open": "strong",
    "em_open": "emphasis",
    "s_open": "strike",
    "bullet_list_open": "bullets",
    "list_item_open": "item",
    "blockquote_open": "quote",
    "table_open": "table",
    "tr_open": "row",
}
_UNUSUAL = re.compile(r"[^\n\t -~]")
"""Only these are looked at one by one: contracts are hundreds of thousands of plain letters."""
_TRANSPARENT = {"thead_open", "tbody_open", "thead_close", "tbody_close"}


def visible(text: str) -> str:
    """`text` without what cannot be seen (controls, bidi overrides, zero-width and tag characters), in NFC.

    What a signer cannot see is no part of a contract. Line breaks become "\\n"; tabs stay.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return unicodedata.normalize("NFC", _UNUSUAL.sub(lambda found: _seen(found[0]), lines))


def parse(md: str) -> list[Node]:
    """The nodes of one block of Markdown. Raises Invalid when lists or quotes nest too deep."""
    tokens = _MARKDOWN.parse(visible(md))
    if any(token.level > DEEPEST for token in tokens):
        raise Invalid("Lists and quotes are nested too deep here. Use fewer levels.")
    return ranked(_flatten_nested_headings(_tree(tokens)))


def ranked(nodes: list[Node]) -> list[Node]:
    """`nodes` with headings that start at level 1 and never skip one, as PDF/UA and screen readers want."""
    levels = [node["level"] for node in nodes if node["type"] == "heading"]
    top, before = min(levels, default=1), 0
    result = []
    for node in nodes:
        if node["type"] == "heading":
            before = min(node["level"] - top + 1, before + 1)
            node = {**node, "level": before}  # noqa: PLW2901  a changed copy of the same node
        result.append(node)
    return result


def plain(nodes: Iterable[Node]) -> str:
    """The words of `nodes` without their formatting."""
    return "".join(_words(nodes))


def _seen(character: str) -> str:
    return "" if _is_hidden(character) else character


def _is_hidden(character: str) -> bool:
    code = ord(character)
    if 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF:  # variation selectors
        return True
    return unicodedata.category(character) in ("Cc", "Cf", "Cs") or code & 0xFFFE == 0xFFFE


def _words(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        if "value" in node:
            yield node["value"]
        elif node["type"] == "break":
            yield "\n"
        yield from _words(node.get("children", ()))


def _tree(tokens: Sequence[Token]) -> list[Node]:
    root: list[Node] = []
    stack = [root]
    for token in tokens:
        if token.type == "inline":
            stack[-1].extend(_tree(token.children or []))
        elif token.type in _TRANSPARENT:
            continue
        elif token.nesting == -1:
            stack.pop()
        elif token.nesting == 1:
            node = _container(token)
            stack[-1].append(node)
            stack.append(node["children"])
        else:
            stack[-1].extend(_leaf(token))
    return root


def _container(token: Token) -> Node:
    make = _SPECIAL.get(token.type)
    node: Node = make(token) if make else {"type": _CONTAINERS[token.type]}
    node["children"] = []
    return node


def _link(token: Token) -> Node:
    href = str(token.attrs.get("href", ""))
    return {"type": "link", "href": href} if _is_safe(href) else {"type": "span"}


def _cell(token: Token) -> Node:
    align = str(token.attrs.get("style", "")).rpartition(":")[2]
    kind = "head" if token.type == "th_open" else "cell"
    return {"type": kind, "align": align if align in ("center", "right") else "left"}


_SPECIAL: dict[str, Callable[[Token], Node]] = {
    "heading_open": lambda token: {"type": "heading", "level": int(token.tag[1])},
    "paragraph_open": lambda token: {"type": "paragraph", "tight": bool(token.hidden)},
    "ordered_list_open": lambda token: {"type": "numbers", "start": int(token.attrs.get("start", 1))},
    "link_open": _link,
    "th_open": _cell,
    "td_open": _cell,
}


def _leaf(token: Token) -> list[Node]:
    match token.type:
        case "softbreak":
            return [{"type": "text", "value": " "}]
        case "hardbreak":
            return [{"type": "break"}]
        case "hr":
            return [{"type": "rule"}]
        case "code_inline":
            return [{"type": "code", "value": visible(token.content)}]
        case "fence" | "code_block":
            return [{"type": "code_block", "value": visible(token.content).rstrip("\n")}]
        case _:
            # Text and its relatives; cleaned again, because an entity may have stood for a hidden character.
            return [{"type": "text", "value": visible(token.content)}] if token.content else []


def _is_safe(href: str) -> bool:
    try:
        return urlsplit(href).scheme in _SCHEMES and len(href) <= _LONGEST_LINK
    except ValueError:
        return False


def _flatten_nested_headings(nodes: list[Node], inside: bool = False) -> list[Node]:
    """A heading within a list or quote has no place in the outline: it reads as a strong paragraph."""
    result = []
    for node in nodes:
        children = _flatten_nested_headings(node.get("children", []), inside=True)
        if node["type"] == "heading" and inside:
            strong = {"type": "strong", "children": children}
            result.append({"type": "paragraph", "tight": False, "children": [strong]})
        else:
            result.append({**node, "children": children} if "children" in node else node)
    return result
