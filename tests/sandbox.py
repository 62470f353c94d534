"""The sandbox as a test wants it: started on free ports, asked over HTTP, stopped at the end."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

Answer = TypeVar("Answer")
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Sandbox:
    url: str
    smtp_url: str

    def mail(self, to: str) -> list[dict[str, Any]]:
        return self._ask("GET", "/mail.json", params={"to": to}).json()

    def calls(self, name: str = "") -> list[dict[str, Any]]:
        """Webhooks and messages for Slack, newest first."""
        return self._ask("GET", "/hooks.json", params={"name": name}).json()

    def faults(self, **wanted: list[Any]) -> None:
        self._ask("POST", "/faults", json=wanted)

    def clear(self) -> None:
        self.faults(gemini=[], openai=[], paddle=[], turnstile=[], smtp=[], hooks=[], slack=[])
        self._ask("DELETE", "/mail.json")
        self._ask("DELETE", "/hooks.json")

    def press(self, checkout_url: str, button: str) -> None:
        """Press "pay" or "decline" on a checkout page."""
        httpx.post(checkout_url, data={"do": button}, follow_redirects=True, timeout=10).raise_for_status()

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        return httpx.request(method, self.url + path, timeout=10, **more).raise_for_status()


@contextmanager
def running_sandbox(
    directory: Path, web_url: str = "http://127.0.0.1:9", ports: tuple[int, int] | None = None
) -> Generator[Sandbox]:
    http, smtp = ports or (free_port(), free_port())
    command = [
        sys.executable,
        "-m",
        "contractflow.sandbox.server",
        "--port",
        str(http),
        "--smtp-port",
        str(smtp),
    ]
    process = subprocess.Popen(
        [*command, "--web", web_url, "--directory", str(directory)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert "ready" in process.stdout.readline(), "the sandbox did not start"
        yield Sandbox(f"http://127.0.0.1:{http}", f"smtp://127.0.0.1:{smtp}")
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(ask: Callable[[], Answer], seconds: float = 8) -> Answer:
    """What `ask` answers once it is not empty; fails when it stays so."""
    end = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)
    return answer
