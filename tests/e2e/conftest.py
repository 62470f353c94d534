"""A Chromium in front of the built front end. Whatever a page complains about is collected, and has to be nothing."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Playwright, async_playwright, expect

from contractflow.ops.testing import browser as browser_program
from tests.e2e.people import Person
from tests.e2e.private import found_in_the_log
from tests.e2e.product import Product, running_product

expect.set_options(timeout=20_000)  # two whole products may start beside each other on two cores


@dataclass
class Tab:
    """A page, and everything it complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        self.page.on(
            "console", lambda said: said.type in ("error", "warning") and self.complaints.append(said.text)
        )
        self.page.on("pageerror", lambda error: self.complaints.append(f"exception: {error}"))
        self.page.on("requestfailed", lambda request: self._failed(request.url, request.failure or ""))
        self.page.on(
            "response", lambda answer: answer.status >= 400 and self._failed(answer.url, str(answer.status))
        )

    def _failed(self, url: str, why: str) -> None:
        if "ERR_ABORTED" not in why:  # a navigation that overtook a preload
            self.complaints.append(f"{why}: {url}")


HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all of them, because one browser serves them all: starting one costs as much as a short test."""
    for item in items:
        if HERE in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def _browsers() -> list[Browser]:
    """The one that runs, and those that crashed before it."""
    return []


@pytest_asyncio.fixture(loop_scope="session")
async def chromium(_playwright: Playwright, _browsers: list[Browser]) -> AsyncIterator[Browser]:
    """Nobody is in it before, and nobody after the test."""
    if not _browsers or not _browsers[-1].is_connected():
        program = browser_program()
        _browsers.append(await _playwright.chromium.launch(executable_path=program, args=["--no-sandbox"]))
    yield _browsers[-1]
    for context in _browsers[-1].contexts:
        await context.close()


@pytest.fixture
def open_tab(front_end, served: str, chromium: Browser):
    """Open tabs of one person: `async with open_tab() as tab`, each in a browser context of its own."""

    @asynccontextmanager
    async def opened(**context: object) -> AsyncIterator[Tab]:
        person = await chromium.new_context(base_url=served, **context)
        tab = Tab(await person.new_page())
        tab.listen()
        yield tab
        await person.close()

    return opened


@pytest.fixture(scope="session")
def product(front_end, tmp_path_factory) -> Iterator[Product]:
    """The whole product with the demo agency, as `./cf up` runs it; one for all tests that hurt nobody else's.

    It says as much as it can be asked to, and in the end nothing private may stand in what its processes said.
    """
    with running_product(tmp_path_factory.mktemp("product"), CONTRACTFLOW_LOG_LEVEL="debug") as running:
        yield running
        assert found_in_the_log(running) == []


Meet = Callable[..., Awaitable[Person]]


@pytest_asyncio.fixture(loop_scope="session")
async def meet(
    product: Product, chromium: Browser, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Meet]:
    """`await meet("Olivia")`: a person with a browser context and an address of their own.

    In the end nobody's browser may have complained; of a failed test there are pictures, what the pages say, and what the
    product said last.
    """
    people: list[Person] = []
    failed_before = request.session.testsfailed

    async def met(name: str, email: str = "", **context: object) -> Person:
        email = email or f"{name.split(maxsplit=1)[0].lower()}.{secrets.token_hex(4)}@example.test"
        their_own = await chromium.new_context(base_url=product.url, **context)
        people.append(await Person.come(product, their_own, name, email))
        return people[-1]

    yield met
    if request.session.testsfailed > failed_before:
        for number, person in enumerate(people):
            await person.picture(tmp_path / f"{number}-{person.name.split()[0]}.png")
            print(person.name, person.page.url, await person.page.locator("body").aria_snapshot(), sep="\n")  # noqa: T201 -- likewise
        print(f"… {product.up.said[-3000:]}")  # noqa: T201 -- likewise
        print(f"pictures: {tmp_path}")  # noqa: T201 -- pytest shows it with the failure
    complaints = [complaint for person in people for complaint in person.complaints]
    for person in people:
        await person.context.close()
    assert complaints == []
