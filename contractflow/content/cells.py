"""Cells of a table that people open in a spreadsheet."""

from typing import Final

# A cell that begins like this is run as a formula by spreadsheets (OWASP, CSV injection), the wide ones by some.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
