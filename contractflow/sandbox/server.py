"""The sandbox as one process: HTTP for every vendor on one port, SMTP on another.

    python -m contractflow.sandbox.server --port 8081 --web http://127.0.0.1:8080

Its keys are public on purpose: Paddle `pdl_sdbx_apikey_sandbox` and `pdl_ntfset_sandbox`, Turnstile's test keys.
It keeps what it knows in a directory, so a restart loses no mail and no checkout.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import uvicorn
from aiosmtpd.smtp import SMTP
from starlette.applications import Starlette

from contractflow.sandbox import ai, faults, hooks, mailbox, paddle, turnstile

HOST = "127.0.0.1"
_LARGEST_MAIL = 20 * 1024 * 1024


def application(web_url: str, directory: Path, smtp: socket.socket) -> Starlette:
    """All stand-ins; mail is taken from `smtp` (bound, not yet listening) while the application runs."""

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        postman = mailbox.Postman(app.state.mailbox)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(postman, hostname="sandbox", enable_SMTPUTF8=True, data_size_limit=_LARGEST_MAIL),
            sock=smtp,
        )
        yield
        server.close()
        await app.state.paddle.close()

    app = Starlette(
        routes=[
            *faults.routes,
            *ai.routes,
            *turnstile.routes,
            *paddle.routes,
            *hooks.routes,
            *mailbox.routes,
        ],
        lifespan=lifespan,
    )
    app.state.web_url = web_url.rstrip("/")
    app.state.mailbox = mailbox.Mailbox(directory / "mail")
    app.state.paddle = paddle.Books(directory, f"{app.state.web_url}/api/webhooks/paddle")
    return app


def run(port: int, web_url: str, *, smtp_port: int = 0, directory: Path = Path(".local/sandbox")) -> None:
    """Serve until SIGINT or SIGTERM; `smtp_port` is the next one after `port` unless it is given.

    Raises SystemExit with one clear line when a port is taken.
    """
    http, smtp = _bound(port), _bound(smtp_port or port + 1)
    app = application(web_url, directory, smtp)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
        http=ai.ResettableHTTP,
    )
    server = _Announcing(config, f"sandbox ready: http {HOST}:{port}, smtp {HOST}:{smtp.getsockname()[1]}")
    server.run(sockets=[http])


class _Announcing(uvicorn.Server):
    """Says on standard output when it is ready, so that whoever started it can wait for the line."""

    def __init__(self, config: uvicorn.Config, ready: str) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        sys.stdout.write(f"{self._ready}\n")
        sys.stdout.flush()


def _bound(port: int) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
    except OSError as taken:
        raise SystemExit(f"The sandbox cannot use port {port}: {taken.strerror}.") from None
    return bound


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="contractflow sandbox", description="Local stand-ins for the vendors."
    )
    parser.add_argument("--port", type=int, required=True, help="HTTP port of the sandbox")
    parser.add_argument("--web", default="http://127.0.0.1:8080", help="where ContractFlow itself runs")
    parser.add_argument(
        "--smtp-port", type=int, default=0, help="SMTP port; the next one after --port by default"
    )
    parser.add_argument(
        "--directory", type=Path, default=Path(".local/sandbox"), help="where it keeps what it knows"
    )
    asked = parser.parse_args(arguments)
    run(asked.port, asked.web, smtp_port=asked.smtp_port, directory=asked.directory)


if __name__ == "__main__":
    main()
