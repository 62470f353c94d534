"""Runs by itself: `python -I alone.py FOLDER png|jpg|webp SIDE` draws FOLDER/picture anew and writes a PNG to stdout.

It takes away its own memory, time and files before it looks at anything. SIDE is what the longer side gets, in pixels.
"""

import resource
import sys
from pathlib import Path

import typst

MEGABYTE = 1024 * 1024
LIMITS = (
    (resource.RLIMIT_AS, 512 * MEGABYTE),
    (resource.RLIMIT_CPU, 5),
    (resource.RLIMIT_FSIZE, MEGABYTE),
    (resource.RLIMIT_CORE, 0),
)
# The turn that a camera noted is taken into account by `measure`; 1 pt is 1 pixel at 72 to the inch.
DRAWING = """
#set page(width: auto, height: auto, margin: 0pt, fill: none)
#context {
  let picture(..size) = image("picture", format: sys.inputs.format, fit: "stretch", scaling: "smooth", ..size)
  let natural = measure(picture())
  let longest = calc.max(natural.width, natural.height)
  let pixels(length) = calc.max(1, calc.round(length / longest * float(sys.inputs.side))) * 1pt
  picture(width: pixels(natural.width), height: pixels(natural.height))
}
"""


def main() -> None:
    folder, kind, side = sys.argv[1:]
    for limit, most in LIMITS:
        resource.setrlimit(limit, (most, most))
    source = Path(folder, "drawing.typ")
    source.write_text(DRAWING, encoding="utf-8")
    inputs = {"format": kind, "side": side}
    drawn = typst.compile(
        str(source), root=folder, format="png", ppi=72, sys_inputs=inputs, ignore_system_fonts=True
    )
    sys.stdout.buffer.write(drawn)


if __name__ == "__main__":
    main()
