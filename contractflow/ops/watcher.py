"""Outlives `up` by a few seconds and ends what a `kill -9` of it left behind. Started by the supervisor.

Standard input is a pipe that only `up` holds: "+ PID SIGNAL" (a child started), "- PID" (it ended), "done" (all stopped).
When the pipe closes without "done", `up` was killed: its children are asked to stop, and after `grace` seconds killed.
"""

from __future__ import annotations

import signal
import sys
import time

from contractflow.ops.processes import kill_marked, signal_group


def main(mark: str, grace: float) -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    running: dict[int, int] = {}
    for line in sys.stdin:
        match line.split():
            case ["+", pid, number]:
                running[int(pid)] = int(number)
            case ["-", pid]:
                running.pop(int(pid), None)
            case ["done"]:
                return
    _end(running, grace)
    kill_marked(mark)


def _end(running: dict[int, int], grace: float) -> None:
    left = [pid for pid, number in reversed(running.items()) if signal_group(pid, number)]
    end = time.monotonic() + grace
    while left and time.monotonic() < end:
        time.sleep(0.05)
        left = [pid for pid in left if signal_group(pid, 0)]
    for pid in left:
        signal_group(pid, signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
