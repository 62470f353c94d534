"""The figures of the runs as a table, and the aims they are held against."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from bench.drafting.measured import Run

Runs = list[tuple[Run, Run]]
"""The product and the floor, for each size."""
BOTH = ("web", "worker")


class Line(NamedTuple):
    words: str
    value: Callable[[Run], float]
    digits: int = 1


def quantile(values: list[float], part: float) -> float:
    """The value that `part` of all are not above (nearest rank)."""
    return sorted(values)[max(0, -(-int(part * 1000) * len(values) // 1000) - 1)]


def milliseconds(values: list[float], part: float) -> float:
    return quantile(values, part) * 1000 if values else math.nan


def relay(part: float) -> Callable[[Run], float]:
    return lambda run: milliseconds(run.relays, part)


def _acknowledged(part: float) -> Callable[[Run], float]:
    return lambda run: milliseconds([viewer.acknowledged for viewer in run.viewers], part)


def _first(part: float) -> Callable[[Run], float]:
    return lambda run: milliseconds([viewer.first for viewer in run.viewers], part)


def _together(part: float) -> Callable[[Run], float]:
    return lambda run: milliseconds(run.relays_together, part)


def _cpu(*kinds: str) -> Callable[[Run], float]:
    return lambda run: run.cpu_per_thousand(*kinds)


def _memory(*kinds: str) -> Callable[[Run], float]:
    return lambda run: sum(run.memory.get(kind, 0.0) for kind in kinds)


LINES = [
    Line("click to Queued, ms              p50", _acknowledged(0.5)),
    Line("                                 max", _acknowledged(1)),
    Line("first text over provider's, ms   p50", _first(0.5)),
    Line("                                 max", _first(1)),
    Line("provider to viewer, ms           p50", relay(0.5), 2),
    Line("                                 p99", relay(0.99), 2),
    Line("                                 max", relay(1), 2),
    Line("  while all write                p50", _together(0.5), 2),
    Line("                                 p99", _together(0.99), 2),
    Line("CPU s per 1,000 chunks    web+worker", _cpu(*BOTH), 2),
    *(
        Line(f"{kind:>36}", _cpu(kind), 2)
        for kind in (*BOTH, "redis", "postgres", "sandbox", "others", "client")
    ),
    Line("memory, MB                web+worker", _memory(*BOTH), 0),
    *(Line(f"{kind:>36}", _memory(kind), 0) for kind in (*BOTH, "redis", "postgres", "others")),
    Line("wire bytes per byte of text", lambda run: run.wire_per_byte, 2),
]


def table(runs: Runs) -> str:
    """A pair of columns for each size: the product, and the floor beside it."""
    heads = [f"{run.order.drafts:>4} at once{'floor':>9}" for run, _ in runs]
    rows = ["\n" + " " * 36 + "".join(f"{head:>24}" for head in heads)]
    for line in LINES:
        cells = (_cell(line, run, 15) + _cell(line, floor, 9) for run, floor in runs)
        rows.append(line.words + "".join(cells))
    return "\n".join(rows)


def _cell(line: Line, run: Run, width: int) -> str:
    value = line.value(run)
    return f"{'–':>{width}}" if math.isnan(value) else f"{value:{width}.{line.digits}f}"


class Aim(NamedTuple):
    """`most` of `value`, asked for runs with one of these numbers of drafts (all when empty)."""

    words: str
    sizes: tuple[int, ...]
    value: Callable[[Run, Run], float]
    most: float
    characters: int = 0
    """Asked only for chunks of this size, if any is named."""


AIMS = [
    Aim("relay p50, times the floor's", (1, 10), lambda run, floor: relay(0.5)(run) / relay(0.5)(floor), 1.5),
    Aim("relay p99, ms", (50,), lambda run, _: relay(0.99)(run), 10),
    Aim("relay p99, ms", (100,), lambda run, _: relay(0.99)(run), 30),
    Aim("first text over the provider's, p50, ms", (), lambda run, _: _first(0.5)(run), 10),
    Aim("CPU s per 1,000 chunks, web + worker", (50,), lambda run, _: _cpu(*BOTH)(run), 0.6),
    Aim("memory of web + worker, MB", (100,), lambda run, _: _memory(*BOTH)(run), 250),
    Aim("wire bytes per byte of text", (), lambda run, _: run.wire_per_byte, 2, characters=200),
]


def aims(runs: Runs) -> str:
    rows = ["\naims"]
    for aim in AIMS:
        for run, floor in runs:
            if (not aim.sizes or run.order.drafts in aim.sizes) and aim.characters in (
                0,
                run.order.characters,
            ):
                value = aim.value(run, floor)
                verdict = (
                    "met"
                    if value <= aim.most
                    else f"MISSED by {value - aim.most:.2f} ({value / aim.most:.1f} times)"
                )
                rows.append(
                    f"{aim.words:40} at {run.order.drafts:>3}   {value:8.2f}   of {aim.most:<6g}{verdict}"
                )
    return "\n".join(rows)
