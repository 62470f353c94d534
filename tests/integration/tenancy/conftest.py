"""One database with both agencies in it, one Redis and one web process for the whole proof: attacks leave them as they were."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator
from pathlib import Path

import pytest

from contractflow.broker import connections
from contractflow.config import settings
from contractflow.db.engine import use_role
from contractflow.db.roles import DbRole
from tests import cast
from tests.integration.tenancy import world as worlds
from tests.integration.tenancy.answers import Answer
from tests.integration.tenancy.calling_jobs import attack_jobs
from tests.integration.tenancy.events import attack_events
from tests.integration.tenancy.gates import attack_gates, attack_keys
from tests.integration.tenancy.ledger import Ledger
from tests.integration.tenancy.requests import attack_pages, attack_routes
from tests.integration.tenancy.tables import attack_tables
from tests.integration.tenancy.verbs import attack_verbs
from tests.integration.tenancy.world import World
from tests.served import web_process

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All on one worker: they share what they attack."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("tenancy"))


@pytest.fixture(scope="package")
def shelter(postgres, redis_server) -> Iterator[None]:
    """The settings of this suite; a Redis number of its own."""
    patched = pytest.MonkeyPatch()
    patched.setenv("CONTRACTFLOW_REDIS_URL", redis_server.url(3))
    settings.cache_clear()
    connections.forget_connections()
    connections.request_redis().flushdb()
    yield
    patched.undo()
    connections.forget_connections()
    settings.cache_clear()


@pytest.fixture(scope="package")
def world(shelter, postgres) -> Iterator[World]:
    use_role(DbRole.APP)
    postgres.empty()
    cast.enter()
    with postgres.admin() as admin:  # he is the platform's as well, for the verbs that are for nobody else
        admin.execute("UPDATE app_user SET is_platform_admin = true WHERE id = %s", [cast.adam.user_id])
    yield worlds.build()
    postgres.empty()


@pytest.fixture(scope="package")
def address(world, postgres, redis_server, tmp_path_factory) -> Iterator[str]:
    """A web process without pages: those are files, the same for everybody."""
    without_pages = {"__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "false"}
    directory = tmp_path_factory.mktemp("web")
    with web_process(redis_server.url(3), postgres.url, directory, **without_pages) as (address, _):
        yield address


@pytest.fixture(scope="package")
def ledger(world, postgres) -> Iterator[Ledger]:
    with postgres.admin() as admin:
        yield Ledger(admin, (world.other.document_id, world.other.signer_id))


@pytest.fixture(autouse=True)
def nothing_of_northlight_changes(ledger) -> Iterator[None]:
    """Whatever a test of this package does, it does it as somebody whose business Northlight is not."""
    before = ledger.digest()
    yield
    after = ledger.digest()
    assert [table for table in before if before[table] != after[table]] == []


@pytest.fixture(scope="package")
def gates(ledger) -> list[Answer]:
    return attack_gates(ledger)


@pytest.fixture(scope="package")
def keys(world, ledger) -> list[Answer]:
    return attack_keys(world, ledger)


@pytest.fixture(scope="package")
def jobs(world, ledger) -> list[Answer]:
    use_role(DbRole.WORKER)
    answers = attack_jobs(world, ledger)
    use_role(DbRole.APP)
    return answers


@pytest.fixture(scope="package")
def routes_attacked(world, ledger, address) -> list[Answer]:
    return asyncio.run(_and_close(attack_routes(world, ledger, address)))


@pytest.fixture(scope="package")
def pages_attacked(world, address) -> list[Answer]:
    return asyncio.run(_and_close(attack_pages(world, address)))


@pytest.fixture(scope="package")
def services(world, ledger) -> list[Answer]:
    return attack_verbs(world, ledger)


@pytest.fixture(scope="package")
def events(world, ledger, address) -> list[Answer]:
    return asyncio.run(_and_close(attack_events(world, ledger, address)))


@pytest.fixture(scope="package")
def tables(world, ledger) -> list[Answer]:
    return attack_tables(world, ledger)


async def _and_close(attack: Awaitable[list[Answer]]) -> list[Answer]:
    try:
        return await attack
    finally:
        await connections.close_async()
