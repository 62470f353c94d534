"""A line in a Slack channel, as an incoming webhook takes it (Block Kit)."""

from __future__ import annotations

import json
from typing import Final

LONGEST: Final = 2800  # of 3000 that a section takes, and escaping makes longer


def message(line: str, org: str, url: str, at: int) -> bytes:
    """`line` with a link below, and when it was (`at` in seconds since 1970, shown in each reader's own zone)."""
    said = escaped(line[:LONGEST])
    link = f"\n<{escaped(url)}|Open in ContractFlow>" if url else ""
    when = f"<!date^{at}^{{date_short_pretty}} {{time}}|just now>"
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": f"{said}{link}"}},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": f"{escaped(org[:200])} · {when}"}]},
    ]
    return json.dumps({"text": said, "blocks": blocks}, ensure_ascii=False).encode()


def escaped(text: str) -> str:
    """Slack's three control characters; with them a title could mention a whole channel or show one link as another.

    Marks of its markup stay words: a character without width stands behind each.
    """
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"{one}\u2060" if one in "*_~`" else one for one in plain)
