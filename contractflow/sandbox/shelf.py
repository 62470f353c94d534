"""A dictionary that survives a restart of the sandbox: one JSON file, replaced as a whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class Shelf:
    """`collections[name][id]` is an entity as its vendor would answer it."""

    def __init__(self, file: Path, names: tuple[str, ...]) -> None:
        self._file = file
        kept = json.loads(file.read_text()) if file.exists() else {}
        self.collections: dict[str, dict[str, Any]] = {name: kept.get(name, {}) for name in names}

    def save(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        half_written = self._file.with_suffix(".new")
        half_written.write_text(json.dumps(self.collections))
        half_written.replace(self._file)
