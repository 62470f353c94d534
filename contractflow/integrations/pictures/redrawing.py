"""A picture drawn anew as a PNG of ours: whatever else was in the file (programs, places, archives, text) stays behind.

Decoders are where hostile pictures strike, so it runs in a process that may take half a gigabyte and five seconds, inherits
no setting, and is thrown away.
"""

from __future__ import annotations

import hashlib
import logging
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from contractflow.errors import Invalid
from contractflow.integrations.pictures.looking import BROKEN, FIELD, look_at

log = logging.getLogger(__name__)

SIDES: Final = (512, 384, 256, 128)
"""Pixels of the longer side, until the file is small enough; it is never enlarged."""
LARGEST_DRAWN: Final = 256 * 1024
"""Bytes: it goes into every PDF and every page."""
SECONDS: Final = 10.0

_CHILD: Final = Path(__file__).with_name("alone.py")


@dataclass(frozen=True)
class Picture:
    """A PNG that we drew; the sides are pixels."""

    content: bytes
    width: int
    height: int

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.content).digest()


def redraw(content: bytes) -> Picture:
    """The same content gives the same bytes. Raises Invalid with a sentence. Takes a moment: not for the event loop."""
    seen = look_at(content)
    with TemporaryDirectory(prefix="contractflow-picture-") as folder:
        Path(folder, "picture").write_bytes(content)
        longest = max(seen.width, seen.height)
        for side in SIDES:
            drawn = _drawn(folder, seen.format, min(side, longest))
            if len(drawn) <= LARGEST_DRAWN:
                return Picture(drawn, *struct.unpack_from(">II", drawn, 16))
    raise Invalid(BROKEN, FIELD)


def _drawn(folder: str, kind: str, side: int) -> bytes:
    """One run of the child. Whatever it dies of, the picture is to blame."""
    command = [sys.executable, "-I", str(_CHILD), folder, kind, str(side)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, env={}, check=False)
    except subprocess.TimeoutExpired:
        log.warning("a picture (%s) took longer than %s seconds to draw", kind, SECONDS)
        raise Invalid(BROKEN, FIELD) from None
    if done.returncode or not done.stdout.startswith(b"\x89PNG"):
        log.info("a picture (%s) could not be drawn: the process ended with %s", kind, done.returncode)
        raise Invalid(BROKEN, FIELD)
    return done.stdout
