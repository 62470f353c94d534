"""Which text can be kept at all: PostgreSQL cannot hold NUL, and UTF-8 no half of a surrogate pair."""

from __future__ import annotations

import re

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def is_storable(text: str) -> bool:
    return not _UNSTORABLE.search(text)
