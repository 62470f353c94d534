"""What one process holds: memory, threads, and its connections by who is at the other end (Linux)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench.processes import megabytes
from contractflow.config import settings

ESTABLISHED = "01"


@dataclass(frozen=True)
class Footprint:
    megabytes: float
    threads: int
    redis: int
    postgres: int
    vendors: int
    files: int
    """Open descriptors of all kinds, the connections among them."""


def footprint(pid: int, *, redis: int, postgres: int, vendors: int) -> Footprint:
    """Of `pid`; the servers are told apart by their ports."""
    remote = _remote_ports(pid)
    return Footprint(
        megabytes=megabytes([pid]),
        threads=sum(1 for _ in Path(f"/proc/{pid}/task").iterdir()),
        redis=remote.count(redis),
        postgres=remote.count(postgres),
        vendors=remote.count(vendors),
        files=len(_descriptors(pid)),
    )


def most_to_redis(at_once: int) -> int:
    """How many connections to Redis a worker may hold: one for each draft under way, two for each thread of the
    database (what follows a commit is said there: text and RQ's bytes), and the queue, its commands, the heartbeat."""
    return at_once + 2 * settings().database_pool + 8


def _descriptors(pid: int) -> list[str]:
    found = []
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            found.append(str(descriptor.readlink()))
    return found


def _remote_ports(pid: int) -> list[int]:
    """Of every open connection."""
    own = {name[len("socket:[") : -1] for name in _descriptors(pid) if name.startswith("socket:[")}
    lines = Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
    fields = [line.split() for line in lines]
    return [int(each[2].split(":")[1], 16) for each in fields if each[9] in own and each[3] == ESTABLISHED]
