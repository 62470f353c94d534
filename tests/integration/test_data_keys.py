"""`contractflow keys renew-data`: every secret under the newest key, at any point of which one may stop and go on."""

from __future__ import annotations

import pytest

from contractflow.config import settings
from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import Invalid
from contractflow.models import Endpoint
from contractflow.ops import data_keys
from contractflow.security import vault
from contractflow.services.factors.totp import place
from contractflow.services.outgoing import places
from tests import builders, cast
from tests.integration.web.at_the_door import enrol

PEOPLE = (cast.mia, cast.olivia, cast.rita)


@pytest.fixture
def use_keys(monkeypatch):
    def use(*ids: str) -> None:
        monkeypatch.setenv("CONTRACTFLOW_DATA_KEYS", ",".join(f"{kid}:{kid * 20}" for kid in ids))
        settings.cache_clear()
        vault._ring.cache_clear()

    yield use
    monkeypatch.undo()
    settings.cache_clear()
    vault._ring.cache_clear()


@pytest.fixture
def kept(database):
    """The secrets as the database has them, by person."""

    def read() -> dict:
        with database.admin() as admin:
            found = admin.execute(
                "SELECT user_id, totp_secret_enc FROM user_credential WHERE totp_secret_enc IS NOT NULL"
            )
            return {user_id: bytes(locked) for user_id, locked in found.fetchall()}

    return read


@pytest.mark.usefixtures("redis")
def test_afterwards_nothing_needs_the_old_key_and_every_secret_is_the_same(use_keys, kept):
    use_keys("k1")
    secrets = {person.user_id: enrol(person)[0] for person in PEOPLE}
    before = kept()
    use_keys("k2", "k1")
    said = data_keys.renew(batch=2)  # fewer than there are: the next batch goes on behind the last person
    assert said == "Key k2: 3 secrets of authenticator apps locked anew, 0 had it already."
    use_keys("k2")
    assert {who: vault.unlock(place(who), locked) for who, locked in kept().items()} == secrets
    assert all(before[who] != locked for who, locked in kept().items())
    after = kept()
    assert data_keys.renew() == "Key k2: 0 secrets of authenticator apps locked anew, 3 had it already."
    assert kept() == after


@pytest.mark.usefixtures("redis")
def test_stopped_half_way_it_goes_on_where_it_was(use_keys, kept, monkeypatch):
    use_keys("k1")
    for person in PEOPLE:
        enrol(person)
    use_keys("k2", "k1")
    whole = data_keys._renew_batch

    def dies_in_the_second(work, kept, after, batch, counted):
        if after.int:
            raise KeyboardInterrupt
        return whole(work, kept, after, batch, counted)

    monkeypatch.setattr(data_keys, "_renew_batch", dies_in_the_second)
    with pytest.raises(KeyboardInterrupt):
        data_keys.renew(batch=1)
    assert sorted(locked[:6] for locked in kept().values()) == [b"v1.k1.", b"v1.k1.", b"v1.k2."]
    monkeypatch.setattr(data_keys, "_renew_batch", whole)
    assert data_keys.renew() == "Key k2: 2 secrets of authenticator apps locked anew, 1 had it already."


@pytest.mark.usefixtures("redis")
def test_what_no_key_opens_stays_and_is_said_after_the_rest_was_done(use_keys, kept):
    use_keys("gone")
    enrol(cast.mia)
    use_keys("k1")
    enrol(cast.olivia)
    before = kept()
    use_keys("k2", "k1")
    with pytest.raises(Invalid, match=r"1 secrets .* locked anew, .* 1 cannot be opened"):
        data_keys.renew()
    assert kept()[cast.mia.user_id] == before[cast.mia.user_id]
    assert kept()[cast.olivia.user_id].startswith(b"v1.k2.")


def test_the_secrets_of_integrations_as_well(use_keys, database):
    use_keys("k1")
    with unit_of_work(cast.northlight) as work:
        row = builders.an_endpoint(work)
        secret = vault.unlock(places.secret(row.id), row.secret_enc)
    use_keys("k2", "k1")
    assert "1 secrets of integrations locked anew" in data_keys.renew()
    use_keys("k2")
    with unit_of_work(cast.northlight) as work:
        kept = work.db.get_one(Endpoint, row.id)
        assert vault.unlock(places.secret(row.id), kept.secret_enc) == secret
        assert vault.unlock(places.target(row.id), kept.target_enc) == "https://CRM.test/in"
