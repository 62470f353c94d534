"""Nodes → safe HTML for the screen and the portal: fixed tags, everything else escaped, no style attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from contractflow.content import variables
from contractflow.content.nodes import Node

_TAGS = {
    "strong": "strong",
    "emphasis": "em",
    "strike": "s",
    "bullets": "ul",
    "item": "li",
    "quote": "blockquote",
    "row": "tr",
}


def to_html(nodes: Sequence[Node], heading_level: int = 2) -> str:
    """`heading_level` is what a level 1 heading becomes: a page has its own <h1>."""
    return "".join(_node(node, heading_level) for node in nodes)


def marked(nodes: Sequence[Node], values: Mapping[str, str]) -> list[Node]:
    """`nodes` in which every variable is a node of its own, for an author's eye: its value, or what is missing."""
    found: list[Node] = []
    for node in nodes:
        if node["type"] == "text":
            found += _with_variables(node["value"], values)
        else:
            found.append(
                {**node, "children": marked(node["children"], values)} if "children" in node else node
            )
    return found


def _with_variables(text: str, values: Mapping[str, str]) -> list[Node]:
    parts = variables.VARIABLE.split(text)  # words and names in turn
    return [
        {"type": "variable", "name": part, "value": values.get(part, "").strip()} if number % 2
        else {"type": "text", "value": part}
        for number, part in enumerate(parts)
    ]  # fmt: skip


def _node(node: Node, top: int) -> str:
    kind = node["type"]
    inner = to_html(node.get("children", ()), top)
    if kind in _TAGS:
        return f"<{_TAGS[kind]}>{inner}</{_TAGS[kind]}>"
    match kind:
        case "text":
            return escape(node["value"])
        case "paragraph":
            return inner if node["tight"] else f"<p>{inner}</p>"
        case "heading":
            level = min(node["level"] + top - 1, 6)
            return f"<h{level}>{inner}</h{level}>"
        case "numbers":
            start = f' start="{node["start"]}"' if node["start"] != 1 else ""
            return f"<ol{start}>{inner}</ol>"
        case "table":
            return f"<table>{inner}</table>"
        case "head" | "cell":
            tag = "th" if kind == "head" else "td"
            return f'<{tag} class="align-{node["align"]}">{inner}</{tag}>'
        case _:
            return _smaller(node, inner)


def _smaller(node: Node, inner: str) -> str:
    match node["type"]:
        case "link":
            return f'<a href="{escape(node["href"])}" rel="noopener noreferrer nofollow" target="_blank">{inner}</a>'
        case "code":
            return f"<code>{escape(node['value'])}</code>"
        case "code_block":
            return f"<pre><code>{escape(node['value'])}</code></pre>"
        case "variable":
            look = "cf-variable cf-variable--filled" if node["value"] else "cf-variable"
            return f'<span class="{look}">{escape(node["value"] or variables.label(node["name"]))}</span>'
        case "break":
            return "<br>"
        case "rule":
            return "<hr>"
        case _:  # a span: a link whose address was not allowed, of which the words stay
            return inner
