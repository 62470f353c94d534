"""A small process supervisor: ordered start, readiness, logs with a prefix, restarts with back-off, a clean stop.

async with Supervisor(log_directory) as supervisor:
    await supervisor.start(Child("postgres", …))          # one stage; its children start together
    await supervisor.start(Child("web", …), Child("worker", …))
    await supervisor.wait()                               # until `stop()`, or a Failed child
# stages were stopped in reverse order
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from contractflow.ops.child import ROOT, Child, ended, line_of, outcome, spawn
from contractflow.ops.processes import kill_marked, signal_group

FAST = 10.0  # seconds; who ends sooner has crashed at the start
FAST_CRASHES = 5
LONGEST_PAUSE = 15.0
NOT_YET_READY = 2.0
LOG_LIMIT = 10 << 20
_COLOURS = ("36", "32", "33", "35", "34", "96", "92", "93")


class Failed(Exception):
    """A child keeps failing; the message says which and where its log is."""


class Stopped(Exception):
    """Somebody asked to stop while something was starting."""


class Supervisor:
    grace = 5.0  # seconds for the children when this process is killed: PostgreSQL's checkpoint, a worker's requeue

    def __init__(self, log_directory: Path, *, keep_open: Sequence[int] = (), pause: float = 0.5) -> None:
        self._log_directory = log_directory
        self._keep_open, self._pause = tuple(keep_open), pause
        self._mark = secrets.token_hex(8)
        self._stages: list[list[_Run]] = []
        self._stopping = asyncio.Event()
        self._failure: Failed | None = None
        self._watcher: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        self._log_directory.mkdir(parents=True, exist_ok=True)
        self._watcher = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "contractflow.ops.watcher", self._mark, str(self.grace),
            cwd=ROOT, stdin=asyncio.subprocess.PIPE, start_new_session=True, pass_fds=self._keep_open,
        )  # fmt: skip
        return self

    async def __aexit__(self, *_: object) -> None:
        self.stop()
        for stage in reversed(self._stages):
            await asyncio.gather(*(run.end() for run in stage))
        kill_marked(self._mark)
        if self._watcher and self._watcher.stdin:
            self.note("done")
            self._watcher.stdin.close()
            await ended(self._watcher)

    async def start(self, *children: Child) -> None:
        """Start them together and return when all are ready; they are restarted from now on."""
        runs = [_Run(self, child) for child in children]
        self._stages.append(runs)
        await self._until_stopped(asyncio.gather(*(run.begin() for run in runs)))

    async def finish(self, child: Child, *, fatal: bool = True) -> None:
        """Run it once, to its end; Failed when its exit code is not 0 (and, when `fatal`, everything stops)."""
        run = _Run(self, child, once=True, fatal=fatal)
        self._stages.append([run])
        await self._until_stopped(asyncio.ensure_future(run.begin()))

    async def wait(self) -> None:
        """Until `stop()`; raises Failed when a child keeps crashing."""
        await self._stopping.wait()
        if self._failure:
            raise self._failure

    def stop(self) -> None:
        self._stopping.set()

    def force(self) -> None:
        """Do not wait for anybody any longer."""
        for stage in self._stages:
            for run in stage:
                run.kill()

    def fail(self, failure: Failed) -> None:
        self._failure = self._failure or failure
        self.stop()

    @property
    def stopping(self) -> asyncio.Event:
        return self._stopping

    @property
    def pause(self) -> float:
        return self._pause

    def mark_of(self, child: Child) -> str:
        return f"{self._mark}.{child.name}"

    def log_file(self, child: Child) -> Path:
        return self._log_directory / f"{child.name}.log"

    def note(self, line: str) -> None:
        """Tell the watcher; it reads when it gets to it."""
        if self._watcher and self._watcher.stdin and self._watcher.returncode is None:
            self._watcher.stdin.write(line.encode() + b"\n")

    def say(self, name: str, line: str) -> None:
        tag = f"{name:<9} |"
        if sys.stdout.isatty():
            tag = f"\033[{_COLOURS[sum(map(ord, name)) % len(_COLOURS)]}m{tag}\033[0m"
        print(tag, line, flush=True)

    async def _until_stopped(self, work: asyncio.Future[Any]) -> None:
        stopped = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({work, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if work.done():
            work.result()
            return
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        raise self._failure or Stopped


class _Run:
    """One child: its process now, and the task that keeps it running."""

    def __init__(
        self, supervisor: Supervisor, child: Child, *, once: bool = False, fatal: bool = True
    ) -> None:
        self._supervisor = supervisor
        self._child = child
        self._once = once
        self._fatal = fatal
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.get_running_loop().create_future()

    async def begin(self) -> None:
        self._task = asyncio.create_task(self._keep_running(), name=self._child.name)
        await asyncio.shield(self._ready)

    async def end(self) -> None:
        """Ask it to stop, kill it when it takes too long, and wait for both."""
        process = self._process
        if process and process.returncode is None:
            # Who never was ready has nothing to finish; granian hears no signal while it imports.
            patience = self._child.stop_within if self._ready.done() else NOT_YET_READY
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(self._child.stop_signal)  # the leader; it stops its own children
            try:
                await asyncio.wait_for(ended(process), patience)
            except TimeoutError:
                self._say(f"did not stop within {patience:.0f} s and was killed")
                self.kill()
        if self._task:
            await asyncio.gather(self._task, return_exceptions=True)
        if self._ready.done() and not self._ready.cancelled():
            self._ready.exception()  # seen: nobody may be waiting for it any more

    def kill(self) -> None:
        if self._process:
            signal_group(self._process.pid, signal.SIGKILL)

    async def _keep_running(self) -> None:
        crashes = 0
        while not self._supervisor.stopping.is_set():
            started = time.monotonic()
            code = await self._run_once()
            if self._supervisor.stopping.is_set():
                return
            if self._once and code == 0:
                self._ready.set_result(None)
                self._say(f"done after {time.monotonic() - started:.2f} s")
                return
            crashes = crashes + 1 if time.monotonic() - started < FAST else 1
            if self._once or crashes > (FAST_CRASHES if self._ready.done() else 1):
                self._give_up(code)
                return
            pause = min(self._supervisor.pause * 2 ** (crashes - 1), LONGEST_PAUSE)
            self._say(f"ended with {outcome(code)}; starting it again in {pause:.1f} s")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._supervisor.stopping.wait(), pause)

    async def _run_once(self) -> int:
        process = self._process = await spawn(self._child, self._supervisor.mark_of(self._child))
        self._supervisor.note(f"+ {process.pid} {int(self._child.stop_signal)}")
        output = asyncio.create_task(self._copy_output(process))
        if not self._once:
            await self._wait_until_ready(process)
        code = await ended(process)
        # Workers of a crashed leader would hold its port, and answer with old code; so would what left its group.
        signal_group(process.pid, signal.SIGKILL)
        kill_marked(self._supervisor.mark_of(self._child))
        self._supervisor.note(f"- {process.pid}")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(output, 2)
        return code

    async def _wait_until_ready(self, process: asyncio.subprocess.Process) -> None:
        child, started = self._child, time.monotonic()
        while process.returncode is None and not self._supervisor.stopping.is_set():
            if child.is_ready is None or await asyncio.to_thread(child.is_ready):
                if not self._ready.done():
                    self._ready.set_result(None)
                    self._say(f"ready after {time.monotonic() - started:.2f} s")
                return
            if time.monotonic() - started > child.ready_within:
                self._say(f"was not ready within {child.ready_within:.0f} s")
                self.kill()
                return
            await asyncio.sleep(0.05)

    async def _copy_output(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout  # noqa: S101 -- PIPE above
        file = self._supervisor.log_file(self._child)
        if file.exists() and file.stat().st_size > LOG_LIMIT:
            file.replace(file.with_suffix(".log.1"))
        with file.open("ab", buffering=0) as log:
            while line := await line_of(process.stdout):
                log.write(line)
                if not self._child.quiet:
                    self._say(line.decode(errors="replace").rstrip())

    def _give_up(self, code: int) -> None:
        log = self._supervisor.log_file(self._child)
        verb = "failed" if self._once else "keeps failing"
        failure = Failed(f"{self._child.name} {verb} ({outcome(code)}); its log is {log}")
        if not self._ready.done():
            self._ready.set_exception(failure)
        if self._fatal:
            self._supervisor.fail(failure)

    def _say(self, line: str) -> None:
        self._supervisor.say(self._child.name, line)
