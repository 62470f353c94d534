"""A database that restarts while somebody waits: what changed nothing is done again, what may have is not, pages catch up."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from contractflow.broker.hub import hub
from contractflow.db.engine import forget_engines
from contractflow.db.unit_of_work import DatabaseAway
from contractflow.errors import Unavailable
from contractflow.models import Client, Org
from contractflow.permissions import Visitor
from contractflow.services import accounts
from contractflow.web import following, threads
from contractflow.web.following import change_messages
from contractflow.web.threads import look, perform
from tests import builders, cast

pytestmark = pytest.mark.usefixtures("database")

END_ALL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
)


@contextmanager
def away(database) -> Iterator[None]:
    """Nobody is connected to it any more, and nobody can connect."""
    name = database.url.rpartition("/")[2]
    with database.admin("postgres") as admin:
        try:
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            admin.execute(END_ALL, [name])
            yield
        finally:
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    forget_engines()


def agency(work) -> str:
    return work.db.exec(select(Org.name)).one()


async def test_whoever_asks_meanwhile_waits_and_is_answered(database):
    assert await perform(cast.mia, agency) == "Northlight"
    with away(database):
        asking = [
            asyncio.create_task(perform(cast.mia, agency)),
            asyncio.create_task(look(Visitor(), accounts.memberships, cast.mia.user_id)),
        ]
        await asyncio.sleep(0.6)
        assert not any(task.done() for task in asking)
    name, places = await asyncio.gather(*asking)
    assert name == "Northlight"
    assert [place.org_name for place in places] == ["Northlight"]


async def test_who_waited_long_enough_reads_a_sentence(database, monkeypatch):
    monkeypatch.setattr(threads, "PATIENCE", 0.3)
    with away(database), pytest.raises(Unavailable, match="Nothing was changed"):
        await perform(cast.mia, agency)


async def test_what_may_have_changed_something_is_not_done_again(database):
    times = []

    def add(work) -> None:
        times.append(1)
        client = builders.a_client(work)
        work.record("client:add", "client", client.id)
        work.db.flush()
        with database.admin() as admin:
            admin.execute(END_ALL, [database.url.rpartition("/")[2]])

    with pytest.raises(OperationalError) as problem:
        await perform(cast.mia, add)
    assert not isinstance(problem.value, DatabaseAway)
    assert times == [1]
    assert await perform(cast.mia, lambda work: work.db.exec(select(Client)).all()) == []


async def test_a_limit_of_time_is_no_absence(database):
    times = []

    def slow(work) -> None:
        times.append(1)
        work.db.connection().exec_driver_sql("SET LOCAL statement_timeout = 100")
        work.db.connection().exec_driver_sql("SELECT pg_sleep(5)")

    with pytest.raises(OperationalError):
        await perform(cast.mia, slow)
    assert times == [1]


async def test_whatever_goes_wrong_reaches_whoever_waits():
    """A future refuses a StopIteration: whoever waited for it would have waited for ever."""
    with pytest.raises(RuntimeError, match="StopIteration"):
        async with asyncio.timeout(5):
            await perform(cast.mia, lambda _work: next(iter(())))


async def test_an_open_page_is_told_to_read_again_when_the_database_is_back(redis, monkeypatch):
    """Nothing was announced: what it asked for meanwhile was refused, and it cannot know."""
    monkeypatch.setattr(following, "CHECK_SECONDS", 0.1)
    monkeypatch.setattr(following, "AWAY_SECONDS", 0.05)
    document_id, answers = uuid4(), iter([True, False, False])

    async def check() -> None:
        if not next(answers, True):
            raise Unavailable("away")

    async with asyncio.timeout(5):
        told = change_messages(f"document:{document_id}", "it", check, lambda: True)
        assert await anext(told) == {"changed": "it"}
        await told.aclose()
    hub().close()
    await asyncio.sleep(0)
