"""What changed between two versions, clause by clause and word by word, as rows for the screen.

Words are compared on the nodes, never on the markup, and carry their formatting: a change of a link's target or
from plain to strong is a change.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape
from typing import NamedTuple

from contractflow.content import nodes
from contractflow.content.blocks import Block, heading
from contractflow.content.html import to_html
from contractflow.content.nodes import Node

# The work of comparing two texts grows with the pairs of equal words. 3 million take about a second; a text
# that repeats itself beyond that is shown as replaced.
_MOST_PAIRS = 3_000_000
_MOST_LIVE_WORDS = 2_500
_WORD = re.compile(r"(?:\w+(?:[.,'’]\w+)*|[^\w\s])[ \t]*|\s+")
_TAGS = {"strong": "strong", "emphasis": "em", "strike": "s", "code": "code"}


@dataclass(frozen=True)
class RedlineRow:
    """`kind` is same, changed, added, removed or moved; `html` is safe and marks changes with <ins> and <del>."""

    id: str
    kind: str
    heading: str
    html: str
    words_added: int = 0
    words_removed: int = 0


class _Word(NamedTuple):
    """`lead` is what stands before it (a new paragraph, an item); `formats` its tags; `href` its link."""

    text: str
    formats: tuple[str, ...] = ()
    href: str = ""
    lead: str = ""


def compare(old: Sequence[Block], new: Sequence[Block]) -> list[RedlineRow]:
    """The blocks of `new` in their order, then the ones that are gone."""
    before = {block.id: block for block in old}
    now = {block.id for block in new}
    staying = _staying([b.id for b in old if b.id in now], [b.id for b in new if b.id in before])
    rows = [_row(before.get(block.id), block, block.id in staying) for block in new]
    return rows + [_whole(block, "removed") for block in old if block.id not in now]


def growing(old: str, new: str, *, is_over: bool = False) -> list[tuple[str, str]]:
    """How the Markdown `new`, which is still being written, changes `old`: pairs of a kind and plain words.

    Kinds are same, added, removed, and coming: what `new` may still say, for it has not got there. A long text is
    compared only when it `is_over`; until then it is all added. "\\n" stands before a paragraph or an item.
    """
    before, now = list(_words(nodes.parse(old))), list(_words(nodes.parse(new)))
    if not is_over:
        now = now[:-1]  # half a word would look like another one
    if not is_over and max(len(before), len(now)) > _MOST_LIVE_WORDS:
        return _joined([("added", _text(now))])
    steps = list(_steps(before, now))
    parts: list[tuple[str, str]] = []
    for number, (gone, come) in enumerate(steps, start=1):
        if gone == come:
            parts.append(("same", _text(gone)))
            continue
        is_ahead = number == len(steps) and not is_over
        parts += (
            [("added", _text(come)), ("coming", _text(gone))]
            if is_ahead
            else [("removed", _text(gone)), ("added", _text(come))]
        )
    return _joined(parts)


def _joined(parts: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(kind, words) for kind, words in parts if words]


def _text(words: Iterable[_Word]) -> str:
    return "".join(word.text or word.lead.replace("<br>", "\n") for word in words)


def _row(old: Block | None, new: Block, stays: bool) -> RedlineRow:
    if old is None:
        return _whole(new, "added")
    words_before, words_now = list(_words(nodes.parse(old.md))), list(_words(nodes.parse(new.md)))
    if words_before == words_now:
        kind = "same" if stays else "moved"
        return RedlineRow(new.id, kind, heading(new), to_html(nodes.parse(new.md), heading_level=3))
    return _changed(new, words_before, words_now)


def _whole(block: Block, kind: str) -> RedlineRow:
    parsed = nodes.parse(block.md)
    count = _count(_words(parsed))
    added, removed = (count, 0) if kind == "added" else (0, count)
    return RedlineRow(block.id, kind, heading(block), to_html(parsed, heading_level=3), added, removed)


def _changed(new: Block, before: list[_Word], now: list[_Word]) -> RedlineRow:
    html, added, removed = [], 0, 0
    for gone, come in _steps(before, now):
        if gone == come:
            html.append(_html(come))
            continue
        if gone:
            html.append(f"<del>{_html(gone)}</del>")
            removed += _count(gone)
        if come:
            html.append(f"<ins>{_html(come)}</ins>")
            added += _count(come)
    return RedlineRow(new.id, "changed", heading(new), f"<p>{''.join(html)}</p>", added, removed)


def _steps(before: list[_Word], now: list[_Word]) -> Iterator[tuple[list[_Word], list[_Word]]]:
    """Pairs of (words gone, words come); an equal pair is what both texts share."""
    counts = Counter(now)
    if sum(counts[word] for word in before) > _MOST_PAIRS:
        yield before, now
        return
    for _, i, j, k, m in SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        yield before[i:j], now[k:m]


def _staying(old: list[str], new: list[str]) -> set[str]:
    matches = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return {block_id for match in matches for block_id in old[match.a : match.a + match.size]}


def _words(tree: Iterable[Node], formats: tuple[str, ...] = (), href: str = "") -> Iterator[_Word]:
    for node in tree:
        match node["type"]:
            case "text":
                yield from (_Word(word, formats, href) for word in _WORD.findall(node["value"]))
            case "code" | "code_block":
                yield _Word(node["value"], (*formats, "code"), href)
            case "strong" | "emphasis" | "strike":
                yield from _words(node["children"], (*formats, _TAGS[node["type"]]), href)
            case "link":
                yield from _words(node["children"], formats, node["href"])
            case "span":
                yield from _words(node["children"], formats, href)
            case "item":
                yield _Word("", lead="<br>• ")
                yield from _words(_beside_its_bullet(node["children"]), formats, href)
            case _:
                yield _Word("", lead=_LEADS.get(node["type"], "<br>"))
                yield from _words(node.get("children", ()), formats, href)


def _beside_its_bullet(children: Sequence[Node]) -> list[Node]:
    """What an item holds; its first paragraph begins no line of its own."""
    if children and children[0]["type"] == "paragraph":
        return [*children[0]["children"], *children[1:]]
    return list(children)


_LEADS = {
    "cell": " | ",
    "head": " | ",
    "rule": "<br>—<br>",
    "bullets": "",
    "numbers": "",
    "table": "",
}


def _html(words: Sequence[_Word]) -> str:
    return "".join(_word_html(word) for word in words)


def _word_html(word: _Word) -> str:
    if not word.text:
        return word.lead
    opened = "".join(f"<{tag}>" for tag in word.formats)
    closed = "".join(f"</{tag}>" for tag in reversed(word.formats))
    return f"{opened}{escape(word.text)}{closed}"


def _count(words: Iterable[_Word]) -> int:
    return sum(1 for word in words if any(map(str.isalnum, word.text)))
