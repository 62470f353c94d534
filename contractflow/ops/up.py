"""`./cf up`: the whole product on one machine, with nothing installed beforehand."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TextIO

from contractflow.config import Settings, settings
from contractflow.ops import frontend, local
from contractflow.ops.child import Child
from contractflow.ops.demo import note
from contractflow.ops.embedded import EmbeddedPostgres, EmbeddedRedis
from contractflow.ops.processes import is_free
from contractflow.ops.schema import is_at_head
from contractflow.ops.serving import state_url, web_argv, web_environment
from contractflow.ops.supervisor import Failed, Stopped, Supervisor
from contractflow.ops.wheels import CannotStart

CLEANING_UP = 15.0  # seconds that what a killed `up` left behind may take to go
READY_WITHIN = 60.0  # seconds


def up(*, port: int, ai_from_sandbox: bool) -> int:
    """Returns the exit code."""
    known = settings()
    directory = known.data_dir.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    try:
        with _locked(directory) as lock:
            _insist_on_ports(port)
            asyncio.run(_Up(known, directory, port, ai_from_sandbox).run(lock))
    except (CannotStart, Failed) as problem:
        print(problem, file=sys.stderr)
        return 1
    print("Stopped.")
    return 0


def _insist_on_ports(port: int) -> None:
    for needed, what in ((port, "the product"), (port + 1, "its sandbox")):
        if not is_free(needed):
            raise CannotStart(f"Port {needed} (for {what}) is in use: choose another with --port N.")


@dataclass
class _Up:
    known: Settings
    directory: Path
    port: int
    ai_from_sandbox: bool

    def __post_init__(self) -> None:
        self.started = time.monotonic()
        self.built = asyncio.Event()
        self.url = f"http://127.0.0.1:{self.port}"
        self.sandbox_url = f"http://127.0.0.1:{self.port + 1}"
        self.smtp_port = local.remembered_port(self.directory, "smtp")
        own = self.known.model_fields_set
        self.postgres = (
            None
            if "database_url" in own
            else EmbeddedPostgres(self.directory, port=local.remembered_port(self.directory, "postgres"))
        )
        self.redis = (
            None
            if "redis_url" in own
            else EmbeddedRedis(self.directory, port=local.remembered_port(self.directory, "redis"))
        )
        self.env = self._environment()

    async def run(self, lock: int) -> None:
        async with Supervisor(self.directory / "log", keep_open=[lock]) as supervisor:
            _listen_to_signals(supervisor)
            with suppress(Stopped):
                await asyncio.gather(self._front_end(supervisor), self._all_else(supervisor))
                await self._until_it_works(supervisor)
                self._say_so()
                await supervisor.wait()

    async def _front_end(self, supervisor: Supervisor) -> None:
        if why := await asyncio.to_thread(frontend.why_to_build):
            supervisor.say("front end", f"{why}: building it …")
            await frontend.build(supervisor, self.directory, self.env)
        self.built.set()

    async def _all_else(self, supervisor: Supervisor) -> None:
        servers = [server for server in (self.postgres, self.redis) if server]
        await asyncio.gather(*(asyncio.to_thread(server.prepare) for server in servers))
        await supervisor.start(*(_child(server) for server in servers))
        if self.postgres:
            await asyncio.to_thread(self.postgres.create_database)
        if not await asyncio.to_thread(is_at_head, self.env["CONTRACTFLOW_DATABASE_URL"]):
            await supervisor.finish(Child("migrate", _cf("migrate"), env=self.env))
        await asyncio.gather(
            self._serve(supervisor), supervisor.start(*self._awaited()), self._demo(supervisor)
        )
        await supervisor.start(*self._behind_the_scenes())

    async def _serve(self, supervisor: Supervisor) -> None:
        await self.built.wait()
        await supervisor.start(self._web())

    async def _demo(self, supervisor: Supervisor) -> None:
        if not note(self.directory).exists():
            await supervisor.finish(Child("demo", _cf("seed"), env=self.env, quiet=True))

    async def _until_it_works(self, supervisor: Supervisor) -> None:
        """The last check is the product's own: database, Redis and a draft worker, as the web process sees them."""
        end = time.monotonic() + READY_WITHIN
        while not await asyncio.to_thread(_answers, f"{self.url}/api/health/ready"):
            if supervisor.stopping.is_set():
                await supervisor.wait()
                raise Stopped
            if time.monotonic() > end:
                raise Failed(f"It runs but is not ready: {_why_not_ready(self.url + '/api/health/ready')}")
            await asyncio.sleep(0.1)

    def _awaited(self) -> list[Child]:
        """What a person waits for besides the web."""

        def sandbox_answers() -> bool:
            return _answers(f"{self.sandbox_url}/mail.json")

        return [
            Child("drafts", _cf("worker", "drafts"), env=self.env, stop_within=30, gives_way=True),
            Child("sandbox", self._sandbox(), env=self.env, is_ready=sandbox_answers),
        ]

    def _behind_the_scenes(self) -> list[Child]:
        """Started when the page is there: on two cores their imports would make everybody wait for it."""
        return [
            Child("mail", _cf("worker", "mail"), env=self.env, stop_within=30, gives_way=True),
            Child("general", _cf("worker", "general"), env=self.env, stop_within=30, gives_way=True),
            Child("scheduler", _cf("scheduler"), env=self.env, gives_way=True),
        ]

    def _say_so(self) -> None:
        sign_ins = note(self.directory).read_text().splitlines()
        print(
            f"\n  ContractFlow is running   {self.url}",
            f"  Mail, payments, AI        {self.sandbox_url}   (the sandbox: nothing leaves this machine)",
            *(f"  Sign in as                {line}" for line in sign_ins),
            f"\n  Ready after {time.monotonic() - self.started:.1f} s. Ctrl-C stops it.\n",
            sep="\n",
            flush=True,
        )

    def _environment(self) -> dict[str, str]:
        env = local.environment(
            self.known, self.directory, sandbox=self.sandbox_url, smtp=f"smtp://127.0.0.1:{self.smtp_port}",
            base_url=self.url, ai=self.ai_from_sandbox,
        )  # fmt: skip
        database = self.postgres.url if self.postgres else self.known.database_url.get_secret_value()
        redis = self.redis.url() if self.redis else self.known.redis_url.get_secret_value()
        return env | {
            "CONTRACTFLOW_DATABASE_URL": database,
            "CONTRACTFLOW_REDIS_URL": redis,
            "PYTHONUNBUFFERED": "1",
        }

    def _web(self) -> Child:
        own = self.known.state_redis_url
        state = own.get_secret_value() if own else state_url(self.env["CONTRACTFLOW_REDIS_URL"])
        return Child(
            "web", web_argv("127.0.0.1", self.port), env=self.env | web_environment(state, self.directory),
            is_ready=lambda: _answers(f"{self.url}/api/health/live"),
        )  # fmt: skip

    def _sandbox(self) -> list[str]:
        return _cf(
            "sandbox", "--port", str(self.port + 1), "--smtp-port", str(self.smtp_port), "--web-url", self.url,
            "--directory", str(self.directory / "sandbox"),
        )  # fmt: skip


def _child(server: EmbeddedPostgres | EmbeddedRedis) -> Child:
    return Child(
        server.name, server.argv(), is_ready=server.is_ready, stop_signal=server.stop_signal,
        account=server.account, quiet=True,
    )  # fmt: skip


def _cf(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "contractflow", *arguments]


def _listen_to_signals(supervisor: Supervisor) -> None:
    def on_signal() -> None:
        if supervisor.stopping.is_set():
            supervisor.force()
            return
        print("\nStopping … (Ctrl-C again does not wait)", flush=True)
        supervisor.stop()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, on_signal)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:  # noqa: S310 -- our own, http
            return bool(answer.status == HTTPStatus.OK)
    except OSError:
        return False


def _why_not_ready(url: str) -> str:
    try:
        urllib.request.urlopen(url, timeout=3).close()  # noqa: S310 -- our own, http
    except urllib.error.HTTPError as refusal:
        return refusal.read(500).decode(errors="replace")
    except OSError as problem:
        return str(problem)
    return "it is now"


@contextmanager
def _locked(directory: Path) -> Generator[int]:
    """Alone in this directory. One that was killed holds it until its watcher has cleaned up: that is waited for."""
    with (directory / "up.lock").open("a+") as file:
        end = time.monotonic() + CLEANING_UP
        while not _lock(file):
            if _is_running(file) or time.monotonic() > end:
                raise CannotStart(f"ContractFlow is already running from this directory ({directory}).")
            time.sleep(0.1)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield file.fileno()


def _lock(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_running(file: TextIO) -> bool:
    file.seek(0)
    try:
        os.kill(int(file.read()), 0)
    except PermissionError:
        return True
    except (ValueError, ProcessLookupError):
        return False
    return True
