"""Nothing comes into the database without its guard, and each of these checks finds what it is for."""

from __future__ import annotations

import pytest

from tests.integration.catalog import BAD, CHECKS


@pytest.fixture
def catalog(postgres):
    """As superuser, in a transaction that leaves nothing."""
    with postgres.admin() as admin:
        admin.execute("BEGIN")
        yield admin
        admin.execute("ROLLBACK")


@pytest.mark.parametrize("check", CHECKS)
def test_there_is_none(catalog, check):
    assert catalog.execute(CHECKS[check]).fetchall() == []


@pytest.mark.parametrize("check", CHECKS)
def test_a_bad_one_is_found(catalog, check):
    catalog.execute(BAD[check])
    assert catalog.execute(CHECKS[check]).fetchall() != []


def test_every_relation_is_a_kind_somebody_has_thought_of(catalog):
    kinds = catalog.execute(
        "SELECT DISTINCT relkind::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    ).fetchall()
    assert {kind for (kind,) in kinds} <= {"r", "i", "v"}
