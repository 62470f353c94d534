"""A drawn signature: strokes of points from the browser, validated and clamped, as a picture that can hold nothing else."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from contractflow.errors import Invalid

SIDE = 1_000.0  # thousandths of the pad's width, in both directions
MOST_STROKES = 200
MOST_POINTS = 5_000
_SHORTEST = 30.0  # of all strokes together; less is a slip of the finger, not a signature

Stroke = tuple[tuple[float, float], ...]


def parse(raw: object) -> tuple[Stroke, ...]:
    """`[[[x, y, pressure], …], …]`, pressure optional and not kept, → strokes inside the pad. Raises Invalid."""
    if not isinstance(raw, list) or not raw:
        raise Invalid("Draw your signature first.", "signature")
    if len(raw) > MOST_STROKES:
        raise Invalid("That is too much for a signature. Clear it and try again.", "signature")
    strokes = tuple(_stroke(stroke) for stroke in raw)
    if sum(len(stroke) for stroke in strokes) > MOST_POINTS:
        raise Invalid("That is too much for a signature. Clear it and try again.", "signature")
    if sum(_length(stroke) for stroke in strokes) < _SHORTEST:
        raise Invalid("Draw your signature a little larger.", "signature")
    return strokes


def to_json(strokes: Sequence[Stroke]) -> list[list[list[float]]]:
    """What is stored; `parse` reads it back."""
    return [[[x, y] for x, y in stroke] for stroke in strokes]


def to_path(strokes: Sequence[Stroke]) -> str:
    """The `d` of an SVG path: smooth curves through the points."""
    return " ".join(_curve(stroke) for stroke in strokes)


def to_svg(strokes: Sequence[Stroke], color: str = "#1c2a5e") -> str:
    """A picture cropped to the strokes; it holds numbers and our own words only."""
    points = [point for stroke in strokes for point in stroke]
    left, top = min(x for x, _ in points) - 4, min(y for _, y in points) - 4
    width, height = max(x for x, _ in points) + 4 - left, max(y for _, y in points) + 4 - top
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:.1f} {top:.1f} {width:.1f} {height:.1f}">'
        f'<path d="{to_path(strokes)}" fill="none" stroke="{color}" stroke-width="5" stroke-linecap="round"'
        ' stroke-linejoin="round"/></svg>'
    )


def _stroke(raw: object) -> Stroke:
    if not isinstance(raw, list | tuple) or not raw or len(raw) > MOST_POINTS:
        raise Invalid("The drawing did not arrive whole. Clear it and try again.", "signature")
    return tuple(_point(point) for point in raw)


def _point(raw: object) -> tuple[float, float]:
    if (
        not isinstance(raw, list | tuple)
        or len(raw) not in (2, 3)
        or not all(_is_number(value) for value in raw)
    ):
        raise Invalid("The drawing did not arrive whole. Clear it and try again.", "signature")
    x, y = raw[:2]
    return round(min(max(float(x), 0.0), SIDE), 1), round(min(max(float(y), 0.0), SIDE), 1)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _length(stroke: Stroke) -> float:
    return sum(math.dist(a, b) for a, b in pairwise(stroke))


def _curve(stroke: Stroke) -> str:
    start = f"M{stroke[0][0]:.1f} {stroke[0][1]:.1f}"
    middle = "".join(
        f"Q{x:.1f} {y:.1f} {(x + next_x) / 2:.1f} {(y + next_y) / 2:.1f}"
        for (x, y), (next_x, next_y) in pairwise(stroke[1:])
    )
    return f"{start}{middle}L{stroke[-1][0]:.1f} {stroke[-1][1]:.1f}"
