"""PostgreSQL and Redis from PyPI wheels: started for `up` (through the supervisor) and for the tests (blocking)."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Self, TypedDict

import psycopg
from psycopg import sql

from contractflow.ops.processes import dies_with_parent, free_port
from contractflow.ops.secret_file import secret
from contractflow.ops.wheels import (
    CannotStart,
    everyone_reaches,
    postgres_programs,
    reachable_copy,
    redis_server,
)

LOGIN = DATABASE = "contractflow"
_PRIVATE = 0o700


class Account(TypedDict):
    """The operating system's account a server runs as, as arguments for Popen; None: ours."""

    user: int | None
    group: int | None
    extra_groups: list[str | int] | None


class _Embedded(ABC):
    """A server on 127.0.0.1 that lives in `directory`."""

    name: str
    stop_signal = signal.SIGTERM
    port: int
    account: Account

    def __init__(self, directory: Path) -> None:
        self.directory = directory.resolve()
        self.account = Account(user=None, group=None, extra_groups=None)
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def prepare(self) -> None:
        """Make its files; nothing when they are there."""

    @abstractmethod
    def argv(self) -> list[str]:
        """The command that runs it."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether it answers."""

    def start(self, timeout: float = 30) -> Self:
        """Start it and wait until it answers; its output goes to `directory/NAME.log`."""
        self.prepare()
        log = self.directory / f"{self.name}.log"
        with log.open("ab") as output:
            # Not from a thread: the child would end with the thread that started it.
            process = subprocess.Popen(
                self.argv(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                start_new_session=True,
                preexec_fn=dies_with_parent(self.stop_signal),  # noqa: PLW1509 -- one prctl call, bound beforehand
                **self.account,
            )
        self._process = process
        end = time.monotonic() + timeout
        while not self.is_ready():
            if process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise CannotStart(f"{self.name} does not start:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.02)
        return self

    def stop(self, timeout: float = 10) -> None:
        if self._process is None:
            return
        self._process.send_signal(self.stop_signal)
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class EmbeddedPostgres(_Embedded):
    """PostgreSQL refuses to run as root: then it runs as `nobody`, from a place that account can reach.

    `durable=False` is for tests: no fsync, and `stop` deletes what was stored.
    """

    name = "postgres"
    stop_signal = signal.SIGINT  # "fast": ends the sessions, then itself; SIGTERM would wait for the sessions

    def __init__(self, directory: Path, *, port: int | None = None, durable: bool = True) -> None:
        super().__init__(directory)
        self.port = port or free_port()
        self.durable = durable
        self.bin = postgres_programs()
        self.data = self.directory / "postgres"
        if os.geteuid() == 0:
            self._leave_root()

    @property
    def url(self) -> str:
        """SQLAlchemy URL of the ordinary login, which owns the database."""
        return self._url(LOGIN, secret(self.directory, "database"), DATABASE)

    def admin_url(self, database: str = "postgres") -> str:
        """SQLAlchemy URL of the superuser: for making databases, never for the product."""
        return self._url("postgres", secret(self.directory, "postgres"), database)

    def _url(self, user: str, password: str, database: str) -> str:
        return f"postgresql+psycopg://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def _leave_root(self) -> None:
        nobody = pwd.getpwnam("nobody")
        self.account = Account(user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[])
        if not everyone_reaches(self.bin / "postgres"):
            self.bin = reachable_copy(self.bin.parent) / "bin"
        if not everyone_reaches(self.directory):
            # Named by a secret, not by the path: a directory made anew starts with an empty database.
            self.data = Path("/var/tmp") / f"contractflow-{secret(self.directory, 'place')[:16]}" / "postgres"  # noqa: S108 -- 0700 below, name unguessable

    def prepare(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        marker = self.data / "PG_VERSION"
        if marker.exists():
            ours = self._output("postgres", "--version").split()[2].split(".")[0]
            if (made_by := marker.read_text().strip()) != ours:
                raise CannotStart(
                    f"{self.data} was made by PostgreSQL {made_by}, this is {ours}: move it away to start empty."
                )
            return
        self._initdb()

    def _initdb(self) -> None:
        fresh = self.data.with_name(
            "postgres.new"
        )  # renamed when complete: an interrupted initdb leaves no half one
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True, mode=_PRIVATE)
        with tempfile.NamedTemporaryFile("w", suffix=".pw") as password:
            password.write(secret(self.directory, "postgres"))
            password.flush()
            if self.account["user"] is not None and self.account["group"] is not None:
                for path in (fresh, password.name):
                    os.chown(path, self.account["user"], self.account["group"])
            try:
                # Without UTF8 the database would be SQL_ASCII, and psycopg would hand out bytes.
                # builtin: the same Unicode rules on every machine, whatever locales it has.
                self._output("initdb", "-D", str(fresh), "-U", "postgres", "--pwfile", password.name,
                             "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
                             "--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions")  # fmt: skip
            except subprocess.CalledProcessError as failed:
                raise CannotStart(f"initdb failed: {failed.stderr}") from None
        fresh.rename(self.data)

    def _output(self, program: str, *arguments: str) -> str:
        command = [str(self.bin / program), *arguments]
        done: subprocess.CompletedProcess[str] = subprocess.run(
            command, check=True, capture_output=True, text=True, cwd="/", **self.account
        )
        return done.stdout

    def argv(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "200", "timezone": "UTC",
            "log_timezone": "UTC",
            # What could not be written stays out of the log: only that it could not.
            "log_error_verbosity": "terse", "log_min_error_statement": "panic", "log_parameter_max_length_on_error": "0",
        }  # fmt: skip
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.bin / "postgres"), "-D", str(self.data), "-p", str(self.port), *options]

    def is_ready(self) -> bool:
        try:
            psycopg.connect(_plain(self.admin_url()), connect_timeout=3).close()
        except psycopg.OperationalError:
            return False
        return True

    def start(self, timeout: float = 30) -> Self:
        super().start(timeout)
        self.create_database()
        return self

    def stop(self, timeout: float = 10) -> None:
        super().stop(timeout)
        if not self.durable:
            shutil.rmtree(self.data, ignore_errors=True)
            if self.data.parent != self.directory:
                with contextlib.suppress(OSError):
                    self.data.parent.rmdir()

    def create_database(self) -> None:
        """The login that the product uses, and its database; nothing when they are there. The server must run."""
        with psycopg.connect(_plain(self.admin_url()), autocommit=True) as admin:
            if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [LOGIN]).fetchone():
                admin.execute(
                    sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB CREATEROLE PASSWORD {}").format(
                        sql.Identifier(LOGIN), sql.Literal(secret(self.directory, "database"))
                    )
                )
            if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                admin.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(LOGIN)
                    )
                )


class EmbeddedRedis(_Embedded):
    """Redis or Valkey with a password: who may write Reflex's pickled state may run code."""

    name = "redis"

    def __init__(self, directory: Path, *, port: int | None = None, durable: bool = True) -> None:
        super().__init__(directory)
        self.port = port or free_port()
        self.durable = durable
        self.program = redis_server()

    def url(self, database: int = 0) -> str:
        return f"redis://:{secret(self.directory, 'redis')}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        store = self.directory / "redis"
        store.mkdir(parents=True, exist_ok=True)
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f'dir "{store}"',
            f"requirepass {secret(self.directory, 'redis')}",
            f"appendonly {'yes' if self.durable else 'no'}",
            'save ""',
            "maxmemory-policy noeviction",  # queue and streams must not vanish; state expires by itself
            "notify-keyspace-events K$sgxe",  # what Reflex would set at its start: it waits for locks on them
            "loglevel warning",
            "daemonize no",
        ]
        # A file, because arguments show up in `ps`.
        with os.fdopen(os.open(self._conf, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as conf:
            conf.write("\n".join(lines) + "\n")

    @property
    def _conf(self) -> Path:
        return self.directory / "redis.conf"

    def argv(self) -> list[str]:
        return [self.program, str(self._conf)]

    def is_ready(self) -> bool:
        import redis  # noqa: PLC0415 -- half a second that a program with its own Redis need not pay

        try:
            with redis.Redis.from_url(self.url(), socket_timeout=2, socket_connect_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def stop(self, timeout: float = 10) -> None:
        super().stop(timeout)
        if not self.durable:
            shutil.rmtree(self.directory / "redis", ignore_errors=True)


def _plain(url: str) -> str:
    return url.replace("+psycopg", "", 1)
