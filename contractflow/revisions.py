"""The newest revisions of the database's schema, read from the text of alembic/versions.

Importing alembic and running those files to learn the same takes half a second at every start.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_VERSIONS = Path(__file__).resolve().parents[1] / "alembic" / "versions"
_REVISION = re.compile(r"^revision\b[^=\n]*=\s*[\"'](\w+)", re.MULTILINE)
_BEFORE = re.compile(r"^down_revision\b[^=\n]*=\s*[\"'](\w+)", re.MULTILINE)


@cache
def heads() -> frozenset[str]:
    return known() - {revision for text in _texts() for revision in _BEFORE.findall(text)}


def known() -> frozenset[str]:
    """All of them, in no order."""
    return frozenset(revision for text in _texts() for revision in _REVISION.findall(text))


def _texts() -> list[str]:
    return [file.read_text("utf-8") for file in _VERSIONS.glob("*.py")]
