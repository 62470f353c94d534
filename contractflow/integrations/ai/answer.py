"""What a provider wrote, reduced to what a contract may hold: clauses of plain Markdown, and nothing active."""

from __future__ import annotations

import re

LONGEST = 60_000
"""Characters; far beyond any contract, and below what a page or a PDF minds."""

MOST_ROUNDS = 12
"""Nobody nests deeper by accident; what is left then loses the characters it is made of."""

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
_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(\S.*)$", re.MULTILINE)


class Unusable(Exception):
    """There is no clause in what was written."""


def parse(text: str) -> str:
    """`text` as allowed Markdown: `## ` clauses, without HTML, images, unsafe links and control characters.

    Text that is allowed already comes back unchanged. Raises Unusable when nothing is left to read.
    """
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
    return _HEADING.sub(_heading, text).strip()


def _link(found: re.Match[str]) -> str:
    return found[0] if _SAFE_ADDRESS.match(found[2]) else found[1]


def _heading(found: re.Match[str]) -> str:
    """A clause stays; a document title or a sub-heading becomes a bold line, so that it opens no block."""
    words = found[2].rstrip().rstrip("#").strip()
    return f"## {words}" if found[1] == "##" else f"**{words.replace('*', '')}**"
