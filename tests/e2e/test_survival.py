"""kill -9 before people's eyes: the draft goes on, the page comes back, and what was said to be saved is saved.

That every process comes back is tests/e2e/test_up.py's; that a reader folds what comes twice is test_live_text.py's.
"""

from __future__ import annotations

import re
import time

import pytest
from playwright.async_api import expect

from tests.e2e import head_start, steps
from tests.e2e.line import Line
from tests.e2e.people import DEMO_PASSWORD, Person
from tests.e2e.product import Product, until

pytestmark = [pytest.mark.xdist_group("product"), pytest.mark.timeout(200)]

GOES_ON_WITHIN = 15.0  # seconds; it is given away when its worker has been silent for 8
COMES_BACK_WITHIN_MS = 60_000


async def mia_of_the_demo(meet) -> Person:
    mia = await meet("Mia Sato", "mia@northlight.test")
    await mia.sign_in(DEMO_PASSWORD)
    return mia


async def test_a_draft_goes_on_when_its_worker_is_killed(meet, product: Product, record_property) -> None:
    document = head_start.written(product, await meet("Clara Client"), text="")
    mia = await mia_of_the_demo(meet)
    await mia.goto(f"/documents/{document}")
    await steps.order_draft(mia)
    await steps.see_it_written(mia)
    product.up.kill("worker drafts")
    killed = time.monotonic()
    query = "SELECT 1 FROM draft_job WHERE document_id = %s AND status = 'running' AND attempt > 1"

    async def second_attempt() -> bool:
        return bool(product.rows(query, document))

    await until(second_attempt, "the second attempt", GOES_ON_WITHIN)
    await steps.see_it_written(mia)
    record_property("seconds", time.monotonic() - killed)
    await steps.see_it_finished(mia)
    shown = await steps.shown_text(mia)
    assert shown.split() == steps.without_markup(product.text_of(document))


@pytest.mark.parametrize("moment", ["before the first word", "in the middle"])
@pytest.mark.parametrize("server", ["granian", "redis-server", "bin/postgres"])
async def test_a_draft_outlives_every_server(meet, product: Product, server: str, moment: str) -> None:
    document = head_start.written(product, await meet("Clara Client"), text="")
    mia = await mia_of_the_demo(meet)
    await mia.goto(f"/documents/{document}")
    await steps.order_draft(mia)
    if moment == "in the middle":
        await steps.see_it_written(mia)
    killed = product.up.kill(server)
    await expect(mia.pill("Ready")).to_be_visible(timeout=COMES_BACK_WITHIN_MS)
    await steps.see_it_finished(mia)
    assert (await steps.shown_text(mia)).split() == steps.without_markup(product.text_of(document))
    assert product.up.leader(server) not in (None, killed)
    mia.forgive("/_event")  # its browser says when a server is gone


async def test_who_is_typing_loses_nothing_whatever_is_killed(meet, product: Product) -> None:
    document = head_start.written(product, await meet("Clara Client"))
    mia = await mia_of_the_demo(meet)
    await mia.goto(f"/documents/{document}")
    area = await steps.open_clause(mia)
    for who in ("granian", "redis-server", "bin/postgres"):
        killed = product.up.kill(who)
        words = f" After {who.rpartition('/')[2]}."
        await area.press_sequentially(words)
        await expect(steps.saved(mia)).to_be_visible(timeout=COMES_BACK_WITHIN_MS)
        assert words.strip() in product.text_of(document)
        assert product.up.leader(who) not in (None, killed)
    await mia.page.reload()
    await expect(steps.blocks(mia).first).to_contain_text(
        "After granian. After redis-server. After postgres."
    )
    mia.forgive("/_event")  # its browser says when a server is gone


async def test_a_page_whose_script_falls_over_says_so_and_comes_back(meet) -> None:
    """What went wrong where is for us; the reader is told what to do."""
    mia = await mia_of_the_demo(meet)
    line = await Line.of(mia.page)
    line.spoil(r'"title":"[^"]+"', '"title":{"no":"text"}')
    await mia.goto("/documents")
    await mia.sees("This page cannot be shown", "What was saved is safe.")
    await expect(mia.words(re.compile("Reflex|Error:"))).to_have_count(0)
    line.spoil()
    await mia.follow("Load again")
    await expect(mia.page.get_by_role("heading", name="Documents", exact=True)).to_be_visible()
    await mia.sees("Brand refresh 2027")
    mia.forgive("Objects are not valid as a React child", "react.dev/errors/31")
