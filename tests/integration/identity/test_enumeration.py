"""Who has an account is told nobody: neither by what is answered, nor by how long it takes.

Known and unknown addresses are asked in turn, so that a busy machine delays both alike, and compared by rank: whether an
attacker who sees one time of each would tell them apart better than by tossing a coin.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Awaitable, Callable

import httpx
import pytest

from contractflow.db.unit_of_work import unit_of_work
from contractflow.permissions import Visitor
from contractflow.security.passwords import hash_password
from contractflow.services.identity import signing_in
from contractflow.web import entering, later
from tests import cast
from tests.conftest import Database
from tests.integration.identity.browsing import PASSWORD, Browser

pytestmark = pytest.mark.usefixtures("redis", "database")
KNOWN = cast.email_of(cast.mia)
PAIRS = 24
CERTAIN = 0.84
"""Of 24 pairs of the same kind, chance puts the share outside 0.16 to 0.84 once in 3,600 runs."""

Ask = Callable[[Browser, str], Awaitable[httpx.Response]]


@pytest.fixture(autouse=True)
async def _with_a_password(database: Database) -> None:
    hashed = await hash_password(PASSWORD)
    with unit_of_work(Visitor()) as work:
        signing_in.change_password(work, cast.mia.user_id, hashed)


async def sign_in(browser: Browser, email: str) -> httpx.Response:
    return await browser.sign_in(email, "wrong password!")


async def forgot(browser: Browser, email: str) -> httpx.Response:
    return await browser.post("/auth/forgot", email=email)


async def sign_up(browser: Browser, email: str) -> httpx.Response:
    return await browser.sign_up(email, agency=f"Nova {random.randrange(10**9)}")


async def claimed(browser: Browser, email: str) -> httpx.Response:
    """A wrong password in the browser that signed up with the address before."""
    await browser.sign_up(email, agency=f"Nova {random.randrange(10**9)}")
    await browser.post("/auth/logout")
    return await browser.sign_in(email, "wrong password!")


def unknown() -> str:
    return f"u{random.randrange(10**9)}@northlight.test"


async def look(browser: Browser, answer: httpx.Response) -> tuple[object, ...]:
    """All that somebody sees: status, address, heads, cookies by name, what the page says and keeps."""
    where = re.sub(r"again=[^&]+", "again=…", answer.headers["location"])
    cookies = sorted(line.partition("=")[0] for line in answer.headers.get_list("set-cookie"))
    kept = {
        name: text for name, text in (await browser.kept(answer)).items() if name not in ("email", "agency")
    }
    heads = sorted(name for name in answer.headers)
    return (answer.status_code, where, answer.text, heads, cookies, await browser.errors(answer), kept)


@pytest.mark.parametrize("ask", [sign_in, forgot, sign_up, claimed])
async def test_the_answer_is_the_same(ask: Ask) -> None:
    seen = []
    for email in (KNOWN, unknown()):
        browser = Browser()
        seen.append(await look(browser, await ask(browser, email)))
        await later.settled()
    assert seen[0] == seen[1]


async def timed(ask: Ask, email: str) -> float:
    browser = Browser()
    await browser.get()
    begun = time.perf_counter()
    await ask(browser, email)
    took = time.perf_counter() - begun
    await later.settled()
    return took


@pytest.mark.parametrize("ask", [sign_in, forgot, sign_up])
async def test_it_takes_as_long(ask: Ask) -> None:
    await timed(ask, unknown())  # makes connections and the stand-in once
    slower = 0
    for number in range(PAIRS):
        first, second = (KNOWN, unknown()) if number % 2 else (unknown(), KNOWN)
        times = {first: await timed(ask, first), second: await timed(ask, second)}
        slower += times[KNOWN] > max(took for email, took in times.items() if email != KNOWN)
    share = slower / PAIRS
    assert 1 - CERTAIN <= share <= CERTAIN, f"the known address was slower in {share:.0%} of the pairs"


async def test_the_measure_would_notice_a_password_that_is_not_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The test of the test: without the stand-in, every pair tells."""

    async def hasty(stored: str | None, password: str) -> bool:
        return bool(stored) and await compare(stored, password)

    compare = entering.verify_password
    monkeypatch.setattr(entering, "verify_password", hasty)
    slower = 0
    for _ in range(12):
        slower += await timed(sign_in, KNOWN) > await timed(sign_in, unknown())
    assert slower / 12 > CERTAIN
