"""What a provider wrote, reduced to what a contract may hold: clauses of plain Markdown, and nothing active."""

from __future__ import annotations

import re

LONGEST = 60_000
"""Characters; far beyond any contract, and below what a page or a PDF minds."""

MOST_ROUNDS = 12
"""Nobody nests deeper by accident; what is left then loses the characters it is made of."""

MOST_CLAUSES = 100
LONGEST_HEADING = 200

_FENCE = re.compile(r"^\s*```[a-z]*\n(.*?)\n?```\s*$", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_DROPPED = re.compile(
    r"<(script|style|iframe|object|svg|template)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_ADDRESS = r"\(((?:[^()]|\([^()]*\))*)\)"
_IMAGE = re.compile(r"!\[([^\[\]]*)\]" + _ADDRESS)
_LINK = re.compile(r"\[([^\[\]]*)\]" + _ADDRESS)
_SAFE_ADDRESS = re.compile(r"^(?:https?://|mailto:)[^\s<>\"']+$", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\u202a-\u202e\u2060-\u2069\ufeff]")
_FENCE_LINE = re.compile(r"^ {0,3}(?:`{3,}|~{3,})[^`\n]*$\n?", re.MULTILINE)
_UNDERLINE = re.compile(r"(?<=\S)([ \t]*)\n[ \t>]*(?:=+|-+)[ \t]*$", re.MULTILINE)
_HEADING = re.compile(r"^ {0,3}(#{1,6})(?:[ \t]+(.*))?$", re.MULTILINE)
_INNER_HEADING = re.compile(r"^([ \t]*(?:(?:>|[-*+]|\d{1,9}[.)])[ \t]*)+)#{1,6}(?=[ \t]|$)", re.MULTILINE)
_CLAUSE = re.compile(r"^## (.*)$", re.MULTILINE)
_NUMBER = re.compile(r"^(?:§ ?)?\d{1,3}(?:\.\d{1,3})*[a-z]?[.)][ \t]+")


class Unusable(Exception):
    """There is no clause in what was written."""


def parse(text: str) -> str:
    """`text` as allowed Markdown: clauses `## 1. …`, numbered through, and nothing else that makes structure.

    No HTML, images, unsafe links, code, other headings or characters that cannot be seen. Text that is allowed
    already comes back unchanged. Raises Unusable when nothing is left to read.
    """
    text = _readable(text)
    counted = iter(range(1, len(text)))
    return _CLAUSE.sub(lambda found: _numbered(found[1], next(counted)), text)


def parse_clause(text: str, heading: str) -> str:
    """`text` as the one clause whose heading is `heading` (Markdown, "" for none), whatever was written above it.

    Further headings become bold lines, so that a rewrite stays one block. Raises Unusable without a body.
    """
    first, _, rest = (text := _readable(text)).partition("\n")
    body = rest if _CLAUSE.match(first) or _is_repeated(first, heading) else text
    body = _CLAUSE.sub(lambda found: _bold(found[1]), body).strip()
    if not re.search(r"\w", body):
        raise Unusable
    return f"{heading}\n\n{body}" if heading else body


def _readable(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")[:LONGEST]
    # Taking one thing out can put another together ("<<b>script>"): until nothing changes any more.
    for _ in range(MOST_ROUNDS):
        before, text = text, _reduced(text)
        if text == before:
            break
    else:
        text = _reduced(text.replace("<", "").replace("](", "] ("))
    if not re.search(r"\w", text):
        raise Unusable
    return text


def _reduced(text: str) -> str:
    text = _CONTROL.sub("", text)
    if fenced := _FENCE.match(text):
        text = fenced[1]
    text = _TAG.sub("", _DROPPED.sub("", _COMMENT.sub("", text)))
    text = _LINK.sub(_link, _IMAGE.sub(r"\1", text))
    text = _UNDERLINE.sub(r"\1", _FENCE_LINE.sub("", text))
    return _HEADING.sub(_heading, _INNER_HEADING.sub(r"\1", text)).strip()


def _link(found: re.Match[str]) -> str:
    return found[0] if _SAFE_ADDRESS.match(found[2]) else found[1]


def _heading(found: re.Match[str]) -> str:
    """A clause stays; a document title or a sub-heading becomes a bold line, so that it opens no block."""
    words = (found[2] or "").rstrip().rstrip("#").strip()
    if found[1] == "##" and words:
        return f"## {words[:LONGEST_HEADING].strip()}"
    return _bold(words)


def _numbered(title: str, number: int) -> str:
    title = _NUMBER.sub("", title)
    return f"## {number}. {title}" if number <= MOST_CLAUSES else _bold(title)


def _is_repeated(line: str, heading: str) -> bool:
    """Whether `line` is the heading said again in bold or in plain words."""
    return bool(heading) and _words(line) == _words(heading)


def _words(line: str) -> str:
    return line.strip("#* \t").casefold()


def _bold(words: str) -> str:
    words = words.strip().replace("*", "").strip()
    return f"**{words}**" if words else ""
