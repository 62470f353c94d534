"""Two web replicas behind the real Caddy: `kill -9` of the one that serves somebody costs them a moment and nothing else."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from itertools import pairwise

import pytest

from tests.e2e import head_start, steps
from tests.e2e.people import DEMO_PASSWORD, Person
from tests.e2e.product import Product, until
from tests.e2e.replicas import Behind, behind_caddy

pytestmark = [pytest.mark.xdist_group("product"), pytest.mark.timeout(280)]

GOES_ON_WITHIN = 2.0  # seconds

# Whenever the live text has grown: the moment, in milliseconds since 1970, and its length.
NOTE_GROWTH = """() => {
  window.grown = [];
  const look = () => {
    const paper = document.querySelector("[data-live]"), length = Number(paper?.dataset.characters ?? 0);
    if (paper && length !== window.grown.at(-1)?.[1]) window.grown.push([Date.now(), length]);
  };
  new MutationObserver(look).observe(document.body, { attributes: true, childList: true, subtree: true });
  look();
}"""


@pytest.fixture
def product(product: Product, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    with behind_caddy(product, tmp_path_factory.mktemp("replicas"), ("one", "two")) as behind:
        yield behind


async def test_a_killed_replica_costs_two_seconds_and_nothing_else(
    meet, product: Behind, record_property
) -> None:
    clara, mia = await meet("Clara Client"), await meet("Mia Sato", "mia@northlight.test")
    document = head_start.written(product, clara, text="")
    head_start.sent(product, clara)
    await mia.sign_in(DEMO_PASSWORD)
    await mia.goto(f"/documents/{document}")
    await steps.order_draft(mia)
    await steps.see_it_written(mia)
    await mia.page.evaluate(NOTE_GROWTH)
    first = await _served_by(product, product.replicas)

    killed = _kill(product, first)
    second = await _served_by(product, product.replicas.keys() - {first})
    await clara.open_mail("to sign", "/portal/open/")
    await clara.sees("I agree")
    product.replicas[first].start()  # as whoever runs the replicas would
    await steps.see_it_finished(mia)
    pause = await _longest_pause(mia, killed)
    assert (await steps.shown_text(mia)).split() == steps.without_markup(product.text_of(document))
    await mia.page.close()

    product.replicas[first].wait_until_ready()
    async with clara.page.expect_websocket() as again:
        killed = _kill(product, second)
    await (await again.value).wait_for_event("framereceived")  # a click on a line that is dead reaches nobody
    came = time.time() - killed
    await clara.press("I agree")
    await clara.sees("Send me a code")
    print(f"a draft went on after {pause:.2f} s, the portal after {came:.2f} s")  # noqa: T201  pytest -s
    record_property("seconds", (pause, came))
    assert pause < GOES_ON_WITHIN
    assert came < GOES_ON_WITHIN
    for person in (mia, clara):
        person.forgive("/_event")  # their browsers say when a server is gone


def _kill(product: Behind, name: str) -> float:
    """Returns when, in seconds since 1970, as the page tells time as well."""
    product.replicas[name].kill()
    return time.time()


async def _served_by(product: Behind, among: Collection[str]) -> str:
    """Which of them somebody's page follows, once one does."""

    async def serving() -> set[str]:
        return product.serving() & set(among)

    return (await until(serving, "a page that is followed")).pop()


async def _longest_pause(reader: Person, killed: float) -> float:
    """Seconds in which the text did not grow, around and after the kill."""
    grown = [(at / 1000, length) for at, length in await reader.page.evaluate("() => window.grown")]
    before = [at for at, _ in grown if at <= killed][-1:]
    after = [at for at, _ in grown if at > killed]
    assert before, f"nothing had grown before: {grown}"
    assert after, f"nothing grew after: {grown}"
    lengths = [length for _, length in grown]
    assert lengths == sorted(lengths), "the text began again"
    moments = [*before, *after]
    return max(b - a for a, b in pairwise(moments))
