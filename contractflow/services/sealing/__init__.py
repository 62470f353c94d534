"""The document on paper: a preview while it moves, the sealed PDF with its certificate once everybody has signed."""

from contractflow.services.sealing.downloading import Download, download, preview
from contractflow.services.sealing.sealing import due, keep, make, prepare

__all__ = ["Download", "download", "due", "keep", "make", "prepare", "preview"]
