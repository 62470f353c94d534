"""A stranger asks for work on the form, within the agency's own site; Mia answers, and one click later there is a draft."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.xdist_group("product")

HOST_PAGE = (
    '<!doctype html><title>Our site</title><h1>Nova Films</h1><script async src="{url}/embed.js"></script>'
)


async def test_a_lead_becomes_a_client_a_project_and_a_draft(meet) -> None:
    owner = await meet("Nora New")
    await owner.sign_up("Nova Films of Leads")
    await owner.goto("/settings/lead-form")
    await owner.fill({"Questions": "When shall it start?"})
    await owner.press("Save")
    await owner.sees_toast("Saved.")
    url = await owner.page.get_by_role("link", name="/lead/").get_attribute("href")
    assert url

    lena = await meet("Lena Lead")
    async with _their_site(url) as site:
        await lena.page.goto(site)
        form = lena.page.frame_locator("iframe")
        await form.get_by_label("Your name").fill(lena.name)
        await form.get_by_label("Work email").fill(lena.email)
        await form.get_by_label("Company").fill("Lead Hotels")
        await form.get_by_label("What do you need?").fill("A website for two hotels.")
        await form.get_by_label("When shall it start?").fill("In May")
        await form.get_by_label("Budget").fill("ten thousand")
        await form.get_by_role("button", name="Send message").click()
        await expect(form.get_by_text("Write the amount in digits")).to_be_visible()
        await expect(form.get_by_label("What do you need?")).to_have_value("A website for two hotels.")
        await form.get_by_label("Budget").fill("10,000")
        await form.get_by_role("button", name="Send message").click()
        await expect(form.get_by_role("heading", name="Thank you")).to_be_visible()
    lena.forgive("422")

    await owner.open_mail("asks about working with", "/leads/")
    await owner.sees("A website for two hotels.", "In May", re.compile("^Waiting"))
    await owner.press("Mark contacted")
    await owner.sees("Answered in 1 min")
    await owner.goto("/leads?view=board")
    await owner.page.get_by_role("button", name="Qualify: Lena Lead").click()
    await expect(owner.page.get_by_role("button", name="Qualify: Lena Lead")).to_have_count(0)
    await owner.follow("Lena Lead")
    await owner.press("Create client and draft")
    await owner.page.wait_for_url("**/documents/*-*")
    await owner.sees("Work for Lead Hotels")
    await owner.goto("/clients")
    await owner.follow("Lead Hotels")
    await owner.sees(lena.email, "Work for Lead Hotels")


@asynccontextmanager
async def _their_site(url: str) -> AsyncIterator[str]:
    """A page of another origin with the one tag in it: its address."""
    page = HOST_PAGE.format(url=url).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head % len(page) + page)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://localhost:{server.sockets[0].getsockname()[1]}/"
