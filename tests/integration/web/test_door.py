"""What arrives from the network: forms, cookies, origins and sockets, spoken to the web process as `up` starts it."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import asynccontextmanager

import httpx
import pytest
import socketio
import socketio.exceptions

PASSWORD = "four quiet green hills"
ROOT_STATE = "reflex___state____state"
BOOT = {"name": f"{ROOT_STATE}.hydrate_and_load", "payload": {}, "router_data": {"path": "/", "asPath": "/", "pathname": "/", "query": {}}}  # fmt: skip


class Browser:
    """Keeps its cookies as a browser would (httpx does not send Secure ones to http://127.0.0.1)."""

    def __init__(self, address: str) -> None:
        self.address, self.cookies = address, {}
        self.http = httpx.AsyncClient(base_url=address, timeout=20)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self._send("GET", path, {"accept": "text/html", **headers})

    async def post(self, path: str, form: dict[str, str] | None = None, **headers: str) -> httpx.Response:
        own = {"origin": self.address, "sec-fetch-site": "same-origin"}
        wanted = {name.replace("_", "-"): value for name, value in {**own, **headers}.items() if value}
        return await self._send("POST", path, wanted, data=form or {})

    async def _send(self, method: str, path: str, headers: dict[str, str], **more) -> httpx.Response:
        headers["cookie"] = self.cookie
        answer = await self.http.request(method, path, headers=headers, **more)
        self.http.cookies.clear()
        for line in answer.headers.get_list("set-cookie"):
            assert "Path=/; Secure; HttpOnly; SameSite=Lax" in line
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
            if "Max-Age=0" in line:
                del self.cookies[name]
        return answer

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    async def sign_up(self, email: str | None = None) -> str:
        email = email or f"olivia.{secrets.token_hex(4)}@northlight.example"
        await self.get("/")
        form = {"name": "Olivia", "email": email, "password": PASSWORD, "agency": "Northlight Studio"}
        answer = await self.post("/auth/signup", form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/home")
        return email

    @asynccontextmanager
    async def socket(self, token: str, **headers: str):
        """A tab's socket; what it heard is in `client.heard`."""
        client = socketio.AsyncClient(reconnection=False)
        client.heard, client.is_cut = [], asyncio.Event()
        client.on("disconnect", lambda *_: client.is_cut.set(), namespace="/_event")
        client.on("event", client.heard.append, namespace="/_event")
        wanted = {"origin": self.address, "cookie": self.cookie, **headers}
        try:
            await client.connect(
                f"{self.address}?token={token}", headers={k.title(): v for k, v in wanted.items() if v},
                namespaces=["/_event"], socketio_path="/_event", transports=["websocket"], auth={"event": BOOT}, wait_timeout=5,
            )  # fmt: skip
            yield client
        finally:
            await client.disconnect()
            await client.eio.disconnect()
            if client.eio.http:
                await client.eio.http.close()


@pytest.fixture
async def olivia(served: str):
    async with Browser(served) as browser:
        yield browser


@pytest.fixture
async def rita(served: str):
    async with Browser(served) as browser:
        yield browser


async def heard(client, words: str) -> bool:
    """Whether the socket hears `words` within two seconds."""
    for _ in range(40):
        if words in str(client.heard):
            return True
        await asyncio.sleep(0.05)
    return False


async def test_signing_up_out_and_in(olivia: Browser) -> None:
    email = await olivia.sign_up()
    assert (await olivia.get("/login")).headers["location"] == "/home"
    assert (await olivia.post("/auth/logout")).headers["location"] == "/login?reason=out"
    assert (await olivia.get("/home")).headers["location"] == "/login?next=/home"
    form = {"email": email.upper(), "password": PASSWORD, "next": "/documents?view=board"}
    assert (await olivia.post("/auth/login", form)).headers["location"] == "/documents?view=board"


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", ""]
)
async def test_nobody_is_sent_elsewhere_after_signing_in(olivia: Browser, elsewhere: str) -> None:
    email = await olivia.sign_up()
    answer = await olivia.post("/auth/login", {"email": email, "password": PASSWORD, "next": elsewhere})
    assert answer.headers["location"] == "/home"


async def test_a_refused_form_comes_back_without_anything_personal_in_the_address(olivia: Browser) -> None:
    await olivia.get("/")
    form = {
        "name": "Olivia Okafor",
        "email": "olivia@northlight.example",
        "password": "short",
        "agency": "Northlight",
    }
    where = (await olivia.post("/auth/signup", form)).headers["location"]
    assert where.startswith("/signup?again=")
    assert not any(word in where.lower() for word in ("olivia", "northlight", "short"))


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(olivia: Browser) -> None:
    email = await olivia.sign_up()
    await olivia.post("/auth/logout")
    answers = {
        (await olivia.post("/auth/login", {"email": who, "password": "wrong password!"})).headers["location"][
            :13
        ]
        for who in (email, "nobody@northlight.example")
    }
    assert answers == {"/login?again="}
    assert "__Host-cf_session" not in olivia.cookies


async def test_signing_up_with_somebody_elses_address_looks_like_any_sign_up(
    olivia: Browser, rita: Browser
) -> None:
    email = await olivia.sign_up()
    await rita.sign_up(email)
    await rita.post("/auth/logout")
    again = await rita.post("/auth/login", {"email": email, "password": PASSWORD})
    assert again.headers["location"] == "/home"


@pytest.mark.parametrize("reason", ["left", "deleted", "undone", "password"])
async def test_whose_session_ends_at_this_moment_reads_why(olivia: Browser, reason: str) -> None:
    """The way here may be shorter than that of the news: the session still looks living, and leads nowhere any more."""
    await olivia.sign_up()
    assert "location" not in (await olivia.get(f"/login?reason={reason}")).headers


@pytest.mark.parametrize("headers", [{"origin": ""}, {"origin": "https://evil.example"}, {"origin": "null"},
                                     {"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"}])  # fmt: skip
async def test_a_form_of_another_site_does_nothing(olivia: Browser, headers: dict[str, str]) -> None:
    await olivia.sign_up()
    assert (await olivia.post("/auth/logout", **headers)).status_code == 403
    assert (await olivia.get("/login")).headers["location"] == "/home"


async def test_uploads_and_reflexes_other_routes_do_not_exist(olivia: Browser) -> None:
    for path in ("/_upload", "/_upload/x", "/_health", "/_all_routes", "/ping"):
        assert (await olivia.get(path)).status_code == 404
        assert (await olivia.post(path)).status_code == 404


async def test_rotation_keeps_the_session_and_changes_the_secret(olivia: Browser) -> None:
    await olivia.sign_up()
    before = olivia.cookies["__Host-cf_session"]
    assert (await olivia.post("/auth/refresh")).status_code == 204
    assert olivia.cookies["__Host-cf_session"] != before
    assert (await olivia.get("/login")).headers["location"] == "/home"


async def test_a_link_that_leads_nowhere_says_so(olivia: Browser) -> None:
    for path in ("/portal/open/nothing", "/portal/pay/nothing", "/portal/documents/x"):
        assert (await olivia.get(path)).headers["location"] == "/portal/closed"


async def test_a_page_opens_its_own_socket(olivia: Browser) -> None:
    await olivia.sign_up()
    async with olivia.socket("token-1") as tab:
        assert await heard(tab, "is_hydrated")
        assert "cf_session" not in str(tab.heard)
        assert "contractflow " not in str(tab.heard)  # the header with the names of the sessions


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"origin": "null"}, {"origin": ""}, {"cookie": ""}]
)
async def test_a_socket_from_elsewhere_is_refused(olivia: Browser, headers: dict[str, str]) -> None:
    await olivia.sign_up()
    with pytest.raises(socketio.exceptions.ConnectionError):
        async with olivia.socket("token-2", **headers):
            pass


async def test_a_token_is_worth_nothing_in_another_browser(olivia: Browser, rita: Browser) -> None:
    await olivia.sign_up()
    await rita.sign_up()
    async with olivia.socket("token-3") as tab:
        assert await heard(tab, "is_hydrated")
    with pytest.raises(socketio.exceptions.ConnectionError):
        async with rita.socket("token-3"):
            pass


async def test_a_forged_header_makes_nobody_a_member(olivia: Browser, rita: Browser) -> None:
    await olivia.sign_up()
    await rita.get("/")
    async with rita.socket("token-4", authorization="contractflow someone - v") as tab:
        assert await heard(tab, "is_hydrated")
        assert not await heard(tab, "/login")


async def test_signing_out_cuts_every_open_socket_within_a_second(olivia: Browser) -> None:
    await olivia.sign_up()
    async with olivia.socket("token-5") as tab:
        assert await heard(tab, "is_hydrated")
        begun = asyncio.get_running_loop().time()
        await olivia.post("/auth/logout")
        assert await heard(tab, "/login?reason=ended")
        async with asyncio.timeout_at(begun + 1):
            await tab.is_cut.wait()


async def test_a_tab_that_slept_through_the_end_is_sent_to_sign_in_and_sees_nothing(olivia: Browser) -> None:
    await olivia.sign_up()
    async with olivia.socket("token-6") as tab:
        assert await heard(tab, "is_hydrated")
    await olivia.post("/auth/logout")
    async with olivia.socket("token-6") as tab:
        assert await heard(tab, "/login?reason=ended")
        assert "is_hydrated" not in str(tab.heard)
