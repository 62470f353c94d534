"""A body is counted while it comes and has to come in time; a request without one is left alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contractflow.web import bodies
from contractflow.web.bodies import BodyLimits


async def size(request: Request) -> Response:
    return JSONResponse(len(await request.body()))


async def fields(request: Request) -> Response:
    async with request.form() as form:
        return JSONResponse(len(form))


@pytest.fixture
def app() -> Starlette:
    routes = [Route(path, handler, methods=["GET", "POST"]) for path, handler in
              {"/size": size, "/form": fields, "/api/reports": size}.items()]  # fmt: skip
    return Starlette(routes=routes, middleware=[Middleware(BodyLimits)])


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


async def in_pieces(total: int, piece: int = 1000, pause: float = 0.0) -> AsyncIterator[bytes]:
    """Without a Content-Length."""
    for begin in range(0, total, piece):
        yield b"x" * min(piece, total - begin)
        await asyncio.sleep(pause)


@pytest.mark.parametrize(("path", "most"), [("/size", bodies.FORM), ("/api/reports", 16 * 1024)])
async def test_a_body_has_its_limit_announced_or_not(client: httpx.AsyncClient, path: str, most: int) -> None:
    for content in (b"x" * most, in_pieces(most)):
        answer = await client.post(path, content=content)
        assert answer.json() == most
    for content in (b"x" * (most + 1), in_pieces(most + 1), in_pieces(50 * most)):
        assert (await client.post(path, content=content)).status_code == 413
    lying = await client.post(path, content=in_pieces(most + 1), headers={"content-length": "1"})
    assert lying.status_code == 413


async def test_forms_are_counted_too(client: httpx.AsyncClient) -> None:
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert (await client.post("/form", content=b"a=1&b=2", headers=kind)).json() == 2
    answer = await client.post("/form", content=in_pieces(bodies.FORM + 1), headers=kind)
    assert (answer.status_code, answer.text) == (413, bodies.TOO_LARGE)


async def test_who_keeps_us_waiting_is_told_so(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 0.2)
    monkeypatch.setattr(bodies, "SLOWEST", 10_000)
    answer = await client.post("/size", content=in_pieces(5_000, 10, pause=0.02))  # 500 bytes a second
    assert (answer.status_code, answer.text) == (408, bodies.TOO_SLOW)
    assert (await client.post("/size", content=in_pieces(30_000, 1_000, pause=0.02))).status_code == 200


async def test_no_body_takes_no_time(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 0.05)
    assert (await client.get("/size")).json() == 0
