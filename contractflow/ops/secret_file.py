"""The random passwords and keys of one directory: made at the first start, readable by their owner only."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path


def secret(directory: Path, name: str) -> str:
    """The secret called `name` in `directory/secrets.json`; made when it is not there yet."""
    file = directory / "secrets.json"
    known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    if name not in known:
        known[name] = secrets.token_urlsafe(36)
        directory.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            json.dump(known, handle, indent=1)
        fresh.replace(file)
    return known[name]
