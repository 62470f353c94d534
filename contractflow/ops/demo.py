"""The demo agency, loaded once per data directory, and how to sign in to it."""

from __future__ import annotations

from pathlib import Path

from contractflow.config import settings


def load() -> str:
    """Load it (nothing when it is there) and keep what to tell people; returns that."""
    from contractflow.ops import demo_agency  # noqa: PLC0415 -- `up` only reads the note

    sign_ins = "\n".join(demo_agency.load())
    note(settings().data_dir).write_text(sign_ins + "\n")
    return sign_ins


def note(directory: Path) -> Path:
    """Who can sign in with which password, one per line; there when the demo is."""
    return directory / "demo-sign-ins.txt"
