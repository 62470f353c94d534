"""A draft before people's eyes: in two tabs, through a reload and the death of its worker, and stopped in the middle."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from contractflow.config import settings
from contractflow.content.version import Content
from contractflow.db.unit_of_work import unit_of_work
from contractflow.models import Document, DocumentVersion, DraftJob
from contractflow.ops.processes import dies_with_parent
from contractflow.permissions import Member, Role, System
from contractflow.workflows.draft_job import DraftStatus
from tests import builders
from tests.e2e.test_content_policy import sign_up
from tests.integration.drafting.ordering import BRIEF

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(280)]

Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(postgres, redis_server) -> Iterator[Start]:
    """Start a worker or the scheduler on the servers of the web process."""
    started: list[subprocess.Popen[bytes]] = []

    def run(*command: str, seconds: float = 3) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "contractflow", *command],
            env={
                **os.environ,
                "CONTRACTFLOW_REDIS_URL": redis_server.url(2),
                "CONTRACTFLOW_DATABASE_URL": postgres.url,
                "CONTRACTFLOW_PLACEHOLDER_SECONDS": str(seconds),
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=dies_with_parent(signal.SIGKILL),  # noqa: PLW1509  one prctl call
        )
        started.append(process)
        return process

    settings.cache_clear()
    yield run
    for process in started:
        process.kill()
        process.wait()


@pytest_asyncio.fixture(loop_scope="session")
async def tab(open_tab):
    async with open_tab() as tab:
        yield tab
        # The book face is fetched for the text to come, which a browser finds early.
        assert [said for said in tab.complaints if "was preloaded" not in said] == []


async def a_document(page: Page, postgres) -> UUID:
    """Sign up as somebody new; a document of theirs that can be drafted."""
    email = f"olivia.{secrets.token_hex(4)}@new.test"
    await sign_up(page, email)
    with postgres.admin() as admin:
        row = admin.execute(
            "SELECT m.user_id, m.org_id, m.id FROM membership m JOIN app_user u ON u.id = m.user_id WHERE u.email = %s",
            [email],
        ).fetchone()
    olivia = Member(*row, Role.OWNER, "Olivia")
    with unit_of_work(olivia) as work:
        document = builders.a_document(work, builders.a_client(work), owner=olivia, brief=BRIEF)
        builders.a_version(work, document, content=builders.content(document, blocks=[]))
        return document.id


def draft_of(document_id: UUID, postgres) -> tuple[DraftJob, Content]:
    with postgres.admin() as admin:
        org_id = admin.execute("SELECT org_id FROM document WHERE id = %s", [document_id]).fetchone()[0]
    with unit_of_work(System(org_id, "test")) as work:
        from contractflow.services.drafts.rows import latest

        job = latest(work, document_id)
        document = work.db.get_one(Document, document_id)
        version = work.db.get_one(DocumentVersion, document.current_version_id)
        return job, Content.from_text(version.content)


def words(markdown: str) -> list[str]:
    return re.sub(r"\*\*|^- |^## ", "", markdown, flags=re.MULTILINE).split()


async def live_length(page: Page) -> int:
    return int(
        await page.evaluate("Number(document.querySelector('.cf-live__paper')?.dataset.characters ?? 0)")
    )


async def until_written(page: Page, characters: int) -> None:
    async with asyncio.timeout(60):
        while await live_length(page) < characters:
            await asyncio.sleep(0.05)


async def test_two_tabs_a_reload_and_a_dead_worker(tab, postgres, start) -> None:
    document_id = await a_document(tab.page, postgres)
    start("scheduler")
    victim = start("worker", "drafts", seconds=12)
    page = tab.page
    await page.goto(f"/documents/{document_id}")
    other = await page.context.new_page()
    await other.goto(f"/documents/{document_id}")
    await page.get_by_role("button", name="Draft with AI").click()
    await until_written(page, 300)
    await until_written(other, 300)
    await other.reload()
    await until_written(other, 300)
    victim.kill()
    start("worker", "drafts", seconds=2)
    await expect(page.get_by_text("The worker was lost")).to_be_visible(timeout=20_000)
    # The two readers saw the same text; the page then shows the version.
    await expect(page.locator(".cf-live")).to_have_count(0, timeout=40_000)
    await expect(other.locator(".cf-live")).to_have_count(0, timeout=10_000)
    job, content = draft_of(document_id, postgres)
    assert (job.status, job.attempt) == (DraftStatus.SUCCEEDED, 2)
    for reader in (page, other):
        shown = await reader.get_by_label("Contract text").inner_text()
        for block in content.blocks:
            assert " ".join(words(block.md)[:12]) in " ".join(shown.split())


async def test_stop_keeps_what_was_written(tab, postgres, start) -> None:
    document_id = await a_document(tab.page, postgres)
    start("worker", "drafts", seconds=30)
    page = tab.page
    await page.goto(f"/documents/{document_id}")
    await page.get_by_role("button", name="Draft with AI").click()
    await until_written(page, 400)
    await page.get_by_role("button", name="Stop").click()
    await expect(page.locator(".cf-live")).to_have_count(0, timeout=3_000)
    job, content = draft_of(document_id, postgres)
    assert job.status is DraftStatus.CANCELLED
    assert len(job.output) >= 400
    assert content.blocks
    await expect(page.get_by_text("1. Parties").first).to_be_visible()
