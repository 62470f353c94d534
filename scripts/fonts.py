"""Make the fonts of the PDF from the @fontsource packages: `python scripts/fonts.py node_modules/@fontsource`.

Each face is merged from its subsets (Latin, Latin extended, Greek, Cyrillic, Vietnamese), loses hints that no PDF needs,
and gets a name of our own, because the Open Font License reserves some of the originals for unmodified files.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from fontTools.merge import Merger, Options
from fontTools.subset import Options as SubsetOptions
from fontTools.subset import Subsetter
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent.parent / "contractflow/integrations/signing/fonts"
SUBSETS = ("latin", "latin-ext", "greek", "cyrillic", "vietnamese")
SYMBOLS = [("noto-sans-math", "latin"), ("noto-sans-symbols-2", "symbols")]
SYMBOL_RANGES = [(0x2020, 0x2044), (0x2070, 0x209F), (0x2190, 0x21FF), (0x2200, 0x22FF), (0x25A0, 0x27BF)]
FEATURES = ["kern", "liga", "calt", "ccmp", "mark", "mkmk", "tnum", "lnum", "smcp"]
STYLES = {
    (400, "normal"): "Regular",
    (400, "italic"): "Italic",
    (600, "normal"): "SemiBold",
    (600, "italic"): "SemiBoldItalic",
}
FACES = {
    #         package           family               weights and slants
    "Sans":  ("inter",          "ContractFlow Sans",  [(400, "normal"), (600, "normal")]),
    "Serif": ("source-serif-4", "ContractFlow Serif", list(STYLES)),
    "Mono":  ("jetbrains-mono", "ContractFlow Mono",  [(400, "normal")]),
    "Hand":  ("caveat",         "ContractFlow Hand",  [(600, "normal")]),
}  # fmt: skip


def main(packages: Path) -> None:
    for name, (package, family, styles) in FACES.items():
        shutil.copy(packages / package / "LICENSE", HERE / f"{name}-OFL.txt")
        for weight, slant in styles:
            files = [packages / package / f"files/{package}-{s}-{weight}-{slant}.woff2" for s in SUBSETS]
            face = merged([TTFont(file) for file in files if file.exists()])
            save(face, f"{name}-{STYLES[weight, slant]}", family, weight, slant)
    shutil.copy(packages / "noto-sans-symbols-2/LICENSE", HERE / "Symbols-OFL.txt")
    save(symbols(packages), "Symbols-Regular", "ContractFlow Symbols", 400, "normal")
    (HERE / "covered.txt").write_text(covered())


def covered() -> str:
    """Every character of our fonts, as lines of "first-last", hexadecimal."""
    ranges: list[list[int]] = []
    for code in sorted({c for path in HERE.glob("*.ttf") for c in TTFont(path, lazy=True).getBestCmap()}):
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{first:x}-{last:x}\n" for first, last in ranges)


def save(face: TTFont, name: str, family: str, weight: int, slant: str) -> None:
    path = HERE / f"{name}.ttf"
    rename(face, family, weight, slant)
    face.save(path)
    sys.stdout.write(f"{path.name}: {path.stat().st_size // 1024} kB, {len(face.getBestCmap())} characters\n")


def symbols(packages: Path) -> TTFont:
    """Arrows, mathematics, boxes and check marks, each character from the first package that has it."""
    parts, taken = [], set()
    for package, part in SYMBOLS:
        font = TTFont(packages / package / f"files/{package}-{part}-400-normal.woff2")
        wanted = {c for first, last in SYMBOL_RANGES for c in range(first, last + 1)} - taken
        taken |= wanted & set(font.getBestCmap())
        lean(font, wanted)
        for table in {"GSUB", "GPOS", "GDEF", "MATH"} & set(font.keys()):
            del font[table]
        parts.append(font)
    return merged(parts)


def merged(fonts: list[TTFont]) -> TTFont:
    face = Merger(Options(drop_tables=["meta", "STAT", "DSIG", "vhea", "vmtx"])).merge(
        [plain(font) for font in fonts]
    )
    for table in face["cmap"].tables:
        stand_in(table.cmap, 0x2011, [0x2010, 0x2D])  # the hyphen that does not break
        stand_in(table.cmap, 0x202F, [0x2009, 0x20])  # the narrow space that does not break
    return lean(face, set(face.getBestCmap()))


def stand_in(cmap: dict[int, str], character: int, others: list[int]) -> None:
    found = [cmap[other] for other in others if other in cmap]
    if character not in cmap and found:
        cmap[character] = found[0]


def lean(face: TTFont, characters: set[int]) -> TTFont:
    subsetter = Subsetter(SubsetOptions(hinting=False, layout_features=FEATURES))
    subsetter.populate(unicodes=characters)
    subsetter.subset(face)
    return face


def plain(font: TTFont) -> io.BytesIO:
    """The same font as uncompressed TrueType, which is what the merger reads."""
    font.flavor = None
    out = io.BytesIO()
    font.save(out)
    out.seek(0)
    return out


def rename(face: TTFont, family: str, weight: int, slant: str) -> None:
    style = STYLES[weight, slant]
    names = face["name"]
    for record in [r for r in names.names if r.nameID in (1, 2, 3, 4, 6, 16, 17, 21, 22, 25)]:
        names.names.remove(record)
    for name_id, value in {1: family, 2: "Italic" if slant == "italic" else "Regular", 3: f"{family} {style}",
                           4: f"{family} {style}", 6: f"{family} {style}".replace(" ", ""), 16: family, 17: style}.items():  # fmt: skip
        names.setName(value, name_id, 3, 1, 0x409)
    face["OS/2"].usWeightClass = weight
    face["OS/2"].fsSelection = 1 if slant == "italic" else 64
    face["head"].macStyle = 2 if slant == "italic" else 0
    face["head"].modified = face["head"].created


if __name__ == "__main__":
    main(Path(sys.argv[1]))
