"""One database with both agencies in it, one Redis and one web process for the whole proof: attacks leave them as they were."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contractflow.broker import connections
from contractflow.config import settings
from contractflow.db.engine import use_role
from contractflow.db.roles import DbRole
from tests import cast
from tests.integration.tenancy import world as worlds
from tests.integration.tenancy.ledger import Ledger
from tests.integration.tenancy.world import World


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
def ledger(world, postgres) -> Iterator[Ledger]:
    with postgres.admin() as admin:
        yield Ledger(admin)


@pytest.fixture(autouse=True)
def nothing_of_northlight_changes(ledger) -> Iterator[None]:
    """Whatever a test of this package does, it does it as somebody whose business Northlight is not."""
    before = ledger.digest()
    yield
    after = ledger.digest()
    assert [table for table in before if before[table] != after[table]] == []
