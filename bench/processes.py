"""What the processes of a running product take: CPU seconds and memory, by what they are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

KINDS = {
    "web": " -m granian ",
    "worker": " worker drafts ",
    "sandbox": " contractflow sandbox ",
    "redis": "redis",
    "postgres": "postgres",
}
"""What stands in the command line of each; everything else that `up` started is one of the others."""
OTHERS = "others"
_TICKS = os.sysconf("SC_CLK_TCK")


def by_kind(up: int) -> dict[str, list[int]]:
    """The processes that the `up` with this pid started, and theirs."""
    found: dict[str, list[int]] = {kind: [] for kind in (*KINDS, OTHERS)}
    for child in children(up):
        found[_kind(child)] += family(child)
    return found


def family(pid: int) -> list[int]:
    """`pid`, the processes it started, and theirs."""
    return [pid, *(one for child in children(pid) for one in family(child))]


def children(pid: int) -> Iterator[int]:
    for each in Path(f"/proc/{pid}/task").glob("*/children") if pid else ():
        yield from map(int, each.read_text().split())


def cpu_seconds(pids: list[int]) -> float:
    """Taken so far, also by children of theirs that have ended: what a busy machine does not distort."""
    fields = (
        _read(pid, "stat").rpartition(b")")[2].split() for pid in pids
    )  # the name before may hold spaces
    return sum(sum(map(int, each[11:15])) for each in fields if each) / _TICKS


def megabytes(pids: list[int]) -> float:
    """Their memory; what several share is divided among them (PSS) where the kernel tells."""
    return sum(_kilobytes(pid) for pid in pids) / 1000


def _kilobytes(pid: int) -> float:
    for line in _read(pid, "smaps_rollup").splitlines():
        if line.startswith(b"Pss:"):
            return int(line.split()[1]) * 1.024
    pages = _read(pid, "statm").split()
    return int(pages[1]) * os.sysconf("SC_PAGE_SIZE") / 1000 if pages else 0.0


def _kind(pid: int) -> str:
    line = _read(pid, "cmdline").decode(errors="replace").replace("\0", " ")
    return next((kind for kind, words in KINDS.items() if words in line), OTHERS)


def _read(pid: int, name: str) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/{name}").read_bytes()
    return b""
