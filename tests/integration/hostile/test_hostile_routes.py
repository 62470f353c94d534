"""Whatever arrives at whatever route: no fault of ours, no markup comes back, nobody is led elsewhere, nothing changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import cycle
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import Route

from contractflow.api import routes
from contractflow.security import limited_verbs, passwords, rate_limits
from contractflow.web import limiting
from tests.integration.hostile import stage
from tests.integration.hostile.inputs import MARK, TEXTS, anything, profile, texts
from tests.integration.hostile.stage import Stage, leads_elsewhere

pytestmark = pytest.mark.timeout(240)

FIELDS = (
    "name", "email", "password", "agency", "next", "token", "code", "cf-turnstile-response", "form", "again", "key", "family",
    "remember", "current", "new_password",
)  # fmt: skip
KINDS = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "application/json", "application/csp-report",
         "application/pdf", "text/plain", "", "x" * 300)  # fmt: skip


@pytest.fixture
def scene(database, redis, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    for module in (limiting, limited_verbs):
        monkeypatch.setattr(module, "VERBS", {})
    monkeypatch.setattr(limiting, "UNKNOWN", limited_verbs.Row())
    with database.admin() as admin:
        yield Stage(stage.build(), admin)


def known_routes() -> list[tuple[str, str]]:
    """Method and address, with braces where something of somebody's stands."""
    found = [
        (method, route.path)
        for route in routes()
        if isinstance(route, Route)
        for method in sorted(route.methods or ())
    ]
    return [(method, path) for method, path in found if method != "HEAD"]


def address(path: str, word: str) -> str:
    """The address with `word` in every place, as a browser would write it."""
    safe = quote(word.encode("utf-8", "surrogatepass"), safe="") or "-"
    return "/".join(safe if part.startswith("{") else part for part in path.split("/"))[:8000]


def judge(answer: httpx.Response, scene: Stage, what: str) -> str:
    """What is wrong with an answer; empty when nothing is."""
    said, kind = answer.text, answer.headers.get("content-type", "")
    if answer.status_code >= 500 and answer.status_code != 503:
        return f"{answer.status_code}: {what}: {said[:200]}"
    if is_page(answer):
        runs = Runs()
        runs.feed(said)
        return f"markup: {what}: {runs.found}" if runs.found else ""
    if kind.startswith("text/html") or (
        MARK in said and "<" in said and "json" not in kind and "text/plain" not in kind
    ):
        return f"markup: {what}"
    if "Traceback" in said or leads_elsewhere(answer.headers.get("location", "")):
        return f"tells or leads too much: {what}: {said[:100]} {answer.headers.get('location', '')[:100]}"
    if any("\r" in value or "\n" in value or MARK in name for name, value in answer.headers.items()):
        return f"a header of theirs: {what}"
    is_refused = answer.status_code >= 400 or "again=" in answer.headers.get("location", "")
    changed = [table for table in scene.changed() if table != "user_credential"]  # counts wrong passwords
    return f"refused, but {changed} changed: {what}" if is_refused and changed else ""


def is_page(answer: httpx.Response) -> bool:
    """One of the plain pages, which say themselves what may run on them."""
    return "script-src 'nonce-" in answer.headers.get("content-security-policy", "")


class Runs(HTMLParser):
    """What of theirs would run, or lead somewhere: only texts and what stands in a field may hold it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag
        self.found += [
            name for name, value in attrs if MARK in name or (name != "value" and MARK in (value or ""))
        ]
        self.found += [tag] if MARK in tag else []

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        self.found += [self.inside] if MARK in data and self.inside in ("script", "style") else []


def forms(text: str) -> Iterator[bytes]:
    """A form with the same text in all of its fields, in the three ways forms are sent, and what is none."""
    raw = text.encode("utf-8", "surrogatepass")
    yield b"&".join(name.encode() + b"=" + quote(raw, safe="").encode() for name in FIELDS)
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + raw + b"\r\n"
        for name in FIELDS
    ]
    yield b"".join(parts) + b"--b--\r\n"
    file = f'--b\r\nContent-Disposition: form-data; name="password"; filename="{quote(raw[:50], safe="")}.exe"\r\n\r\nMZ\r\n'.encode()
    yield b"".join(parts[:3]) + file + b"--b--\r\n"
    yield json.dumps({"csp-report": dict.fromkeys(FIELDS, text)}).encode()
    yield raw


async def test_every_route_with_every_kind_of_text(scene: Stage) -> None:
    wrong, text, kinds = [], cycle(TEXTS), cycle(KINDS)
    async with stage.client() as http:
        for method, path in known_routes():
            for _ in range(8):
                word = next(text)[:20_000]
                for body in forms(word) if method == "POST" else [b""]:
                    kind = next(kinds)
                    answer = await http.request(
                        method,
                        address(path, word[:200]),
                        content=body[:60_000],
                        headers={"content-type": kind},
                    )
                    wrong.append(judge(answer, scene, f"{method} {path} {kind[:30]} {word[:80]!a}"))
    assert [problem for problem in wrong if problem] == []


async def test_every_form_field_by_field(scene: Stage) -> None:
    """All fields right but one, which gets deepest: the address with every text, the others with some."""
    right = {
        "name": "Nora",
        "email": "nora@new.test",
        "password": "four quiet green hills",
        "agency": "New Studio",
        "next": "/home",
    }
    wrong, others = [], cycle([*right, "token", "code"])
    async with stage.client() as http:
        for path in [
            path for method, path in known_routes() if method == "POST" and path.startswith("/auth/")
        ]:
            for text in TEXTS:
                for name in {"email", next(others)}:
                    form = right | {name: text[:2000]}
                    body = "&".join(
                        f"{key}={quote(value.encode('utf-8', 'surrogatepass'), safe='')}"
                        for key, value in form.items()
                    )
                    answer = await http.post(
                        path, content=body, headers={"content-type": KINDS[0], "accept": "text/html"}
                    )
                    wrong.append(judge(answer, scene, f"{path} {name}={text[:80]!a}"))
    assert [problem for problem in wrong if problem] == []


async def test_whatever_comes_to_whatever_route(scene: Stage) -> None:
    cases: list[tuple[str, str, bytes, dict[str, str]]] = []

    @profile
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        method, path = data.draw(st.sampled_from(known_routes()))
        word = data.draw(texts)
        body = data.draw(
            st.one_of(st.binary(max_size=300), st.builds(_json, anything), st.sampled_from(list(forms(word))))
        )
        headers = {
            "content-type": data.draw(st.sampled_from(KINDS)),
            "accept": data.draw(st.sampled_from(["text/html", "*/*", ""])),
            "user-agent": data.draw(texts)
            .encode("ascii", "replace")
            .decode()
            .replace("\r", "")
            .replace("\n", "")
            .replace("\x00", "")[:400],
            "paddle-signature": data.draw(st.sampled_from(["", "ts=1;h1=x", "ts=x", ";;;", "h1"])),
        }
        cases.append((method, address(path, word[:300]), body, headers))

    draw()
    wrong = []
    async with stage.client() as http:
        for method, path, body, headers in cases:
            clean = {name: "".join(c for c in value if " " <= c <= "~") for name, value in headers.items()}
            answer = await http.request(method, path, content=body[:60_000], headers=clean)
            wrong.append(judge(answer, scene, f"{method} {path[:100]} {clean} {body[:100]!r}"))
    assert [problem for problem in wrong if problem] == []


@pytest.mark.parametrize("cookie", ["=", "x", "a=b; a=c; ; =", "__Host-cf_session=\udcff", "__Host-cf_session=v1.k1.x.y",
                                    "__Host-cf_visitor=" + "x" * 7000, "__Host-cf_session=\x01; __Host-cf_portal=%00"])  # fmt: skip
async def test_odd_cookies_are_none(scene: Stage, cookie: str) -> None:
    async with stage.client() as http:
        for path in ("/home", "/portal/documents/x", f"/api/documents/{scene.ids.document}/pdf"):
            raw = cookie.encode("latin-1", "surrogateescape")
            answer = await http.get(path, headers=[(b"cookie", raw), (b"accept", b"text/html")])
            assert judge(answer, scene, path) == ""


def _json(value: Any) -> bytes:
    return json.dumps(value, default=str)[:50_000].encode("utf-8", "surrogatepass")


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hashing one takes a tenth of a second on purpose, which would be all this suite did."""
    cheap = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", cheap)
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()  # left behind, it would tell who has an account: it is compared faster


@pytest.fixture(autouse=True)
def many_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that verbs charge themselves: nobody else sends so many forms."""

    async def pass_(*_: object) -> None:
        return None

    monkeypatch.setattr(rate_limits, "hit", pass_)
