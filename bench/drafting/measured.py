"""What one run of so many drafts brought, of the product or of the floor."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bench.processes import cpu_seconds, megabytes

ASKED = re.compile(r"asked @(\d+\.\d+) ")
STAMP = re.compile(r"#(\d+) @(\d+\.\d+) ")
"""As contractflow/sandbox/stamped.py writes them."""
SECONDS_BETWEEN_CLICKS = 0.1


@dataclass(frozen=True)
class Order:
    """What every draft of a run is made of; `ramp` are the seconds over which people click."""

    drafts: int
    chunks: int
    characters: int
    interval: float = 0.05
    delay: float = 0.4
    """What the provider takes for its first words, in seconds: like a fast one of today."""

    @property
    def ramp(self) -> float:
        return self.drafts * SECONDS_BETWEEN_CLICKS

    @property
    def seconds(self) -> float:
        """After which all drafts should be over."""
        return self.ramp + self.delay + self.chunks * self.interval

    def for_provider(self) -> dict[str, float | str]:
        """As contractflow/sandbox/stamped.py takes it."""
        return {
            "kind": "stamped",
            "chunks": self.chunks,
            "characters": self.characters,
            "interval": self.interval,
            "delay": self.delay,
        }


@dataclass
class Seen:
    """What one viewer saw. Seconds; `relays` are pairs of when a chunk left the provider and how long it took."""

    text: str = ""
    acknowledged: float = 0.0
    first: float = 0.0
    """From the click to the first text, less what the provider took for it."""
    relays: list[tuple[float, float]] = field(default_factory=list)
    wire: int = 0
    """Bytes that came over the network to carry the text."""
    trouble: str = ""


def seen(clicked: float, acknowledged: float, arrivals: Iterable[tuple[float, str]]) -> Seen:
    """`arrivals`: when some text came (monotonic clock), and what it was."""
    found, position = Seen(acknowledged=acknowledged), 0
    for at, text in arrivals:
        found.text += text
        for stamp in STAMP.finditer(found.text, position):
            sent, position = float(stamp[2]), stamp.end()
            found.relays.append((sent, at - sent))
    if found.relays and (asked := ASKED.search(found.text)):
        sent, took = found.relays[0]
        found.first = (sent + took - clicked) - (sent - float(asked[1]))
    return found


def what_is_wrong(text: str, chunks: int) -> str:
    """Empty when every chunk is there, once and in order."""
    numbers = [int(stamp[1]) for stamp in STAMP.finditer(text)]
    return "" if numbers == list(range(chunks)) else f"{len(numbers)} chunks instead of {chunks}"


@dataclass
class Run:
    """`cpu` are seconds by kind of process, `memory` megabytes."""

    order: Order
    viewers: list[Seen]
    cpu: dict[str, float]
    memory: dict[str, float]

    @property
    def relays(self) -> list[float]:
        return [seconds for viewer in self.viewers for _, seconds in viewer.relays]

    @property
    def relays_together(self) -> list[float]:
        """Of the pieces that left while every draft was being written."""
        writing = [viewer.relays for viewer in self.viewers if viewer.relays]
        begin, end = max(each[0][0] for each in writing), min(each[-1][0] for each in writing)
        return [seconds for each in writing for sent, seconds in each if begin <= sent <= end]

    @property
    def wire_per_byte(self) -> float:
        return sum(v.wire for v in self.viewers) / max(1, sum(len(v.text.encode()) for v in self.viewers))

    @property
    def troubles(self) -> list[str]:
        return [viewer.trouble for viewer in self.viewers if viewer.trouble]

    def cpu_per_thousand(self, *kinds: str) -> float:
        return sum(self.cpu.get(kind, 0.0) for kind in kinds) * 1000 / (self.order.drafts * self.order.chunks)


class Watch:
    """Reads what the processes have taken, from its making to `stop`. The client is this process."""

    def __init__(self, processes: Callable[[], dict[str, list[int]]]) -> None:
        self._processes = processes
        self._began = self._now()

    def stop(self) -> tuple[dict[str, float], dict[str, float]]:
        """CPU seconds and megabytes, by kind."""
        ended = self._now()
        cpu = {kind: seconds - self._began.get(kind, 0.0) for kind, seconds in ended.items()}
        return cpu, {kind: megabytes(pids) for kind, pids in self._processes().items()}

    def _now(self) -> dict[str, float]:
        taken = {kind: cpu_seconds(pids) for kind, pids in self._processes().items()}
        return taken | {"client": time.process_time()}
