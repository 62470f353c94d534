"""Make the fonts of the pages from npm packages: `python scripts/web_fonts.py node_modules/@fontsource-variable`.

Latin and extended Latin, in the weights that our sheets use and nothing else that a page would have to load; with a name of
our own, as in fonts.py.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

HERE = Path(__file__).parent.parent / "assets/fonts"
WEIGHTS = (400, 700)
"""As `font-weight` of the faces in assets/contractflow.css says."""
FEATURES = ["calt", "ccmp", "kern", "liga", "lnum", "locl", "mark", "mkmk", "pnum", "tnum"]
NAMES = {1, 3, 4, 6, 16, 25}
"""Of the family, the face and the file, in the table of names."""
FACES = {
    "inter-latin": "inter/files/inter-latin-wght-normal",
    "inter-latin-ext": "inter/files/inter-latin-ext-wght-normal",
    "source-serif-latin": "source-serif-4/files/source-serif-4-latin-wght-normal",
    "source-serif-latin-ext": "source-serif-4/files/source-serif-4-latin-ext-wght-normal",
    "source-serif-latin-italic": "source-serif-4/files/source-serif-4-latin-wght-italic",
    "source-serif-latin-ext-italic": "source-serif-4/files/source-serif-4-latin-ext-wght-italic",
}


def main(packages: Path) -> None:
    for name, source in FACES.items():
        path = HERE / f"{name}.woff2"
        font = lean(TTFont(packages / f"{source}.woff2", lazy=False))
        for record in font["name"].names:
            if record.nameID in NAMES:
                record.string = "ContractFlow Serif" if "serif" in name else "ContractFlow Sans"
        font.save(path)
        sys.stdout.write(f"{path.name}: {path.stat().st_size // 1000} kB\n")


def lean(font: TTFont) -> TTFont:
    for glyph in font.getGlyphOrder():  # one that does not vary has no entry, which the instancer cannot read
        font["gvar"].variations.setdefault(glyph, [])
    font = instancer.instantiateVariableFont(font, {"wght": WEIGHTS})
    font.flavor = None
    plain = io.BytesIO()
    font.save(plain)
    font = TTFont(io.BytesIO(plain.getvalue()))
    subsetter = Subsetter(Options(hinting=False, layout_features=FEATURES, name_IDs=["*"]))
    subsetter.populate(unicodes=list(font.getBestCmap()))
    subsetter.subset(font)
    font.flavor = "woff2"
    return font


if __name__ == "__main__":
    main(Path(sys.argv[1]))
