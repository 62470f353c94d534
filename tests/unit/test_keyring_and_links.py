"""Sealed values open only unchanged, for their own use and with a key we still hold; links come from rows."""

from uuid import UUID

import pytest

from contractflow.security.keyring import Keyring, parse_keys
from contractflow.security.links import link_token, one_time_code, same, token_hash

OLD, NEW = "o" * 32, "n" * 32
ROW = UUID("01980000-0000-7000-8000-000000000001")


@pytest.fixture
def ring() -> Keyring:
    return parse_keys(f"k2:{NEW}, k1:{OLD}")


def test_a_sealed_value_opens_for_its_own_use_only(ring: Keyring) -> None:
    sealed = ring.seal("member", "secret")
    assert ring.open("member", sealed) == "secret"
    assert ring.open("signer", sealed) is None


def test_a_changed_value_does_not_open(ring: Keyring) -> None:
    sealed = ring.seal("member", "secret")
    other_end = sealed[:-1] + ("A" if sealed[-1] != "A" else "B")
    changed = [sealed.replace(*part) for part in (("secret", "secreu"), ("k2", "k1"), ("v1", "v2"))]
    for value in [*changed, other_end, sealed + ".x", sealed + "A" * 3000, "", "é" * 40, "v1.k2.secret."]:
        assert ring.open("member", value) is None


def test_an_old_key_still_opens_and_a_removed_one_does_not(ring: Keyring) -> None:
    from_before = parse_keys(f"k1:{OLD}").seal("member", "secret")
    assert ring.open("member", from_before) == "secret"
    assert ring.seal("member", "secret").startswith("v1.k2.")
    assert parse_keys(f"k2:{NEW}").open("member", from_before) is None


@pytest.mark.parametrize("text", ["", "k1", "k1:short", f"k.1:{OLD}", f"k1:{OLD},k2:short"])
def test_weak_or_unreadable_keys_are_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="32 characters") as refused:
        parse_keys(text)
    assert "short" not in str(refused.value)


def test_a_link_is_the_same_every_time_and_differs_by_purpose_and_row() -> None:
    token = link_token("sign", ROW)
    assert token == link_token("sign", ROW)
    assert len(token) == 43
    assert len({token, link_token("pay", ROW), link_token("sign", UUID(int=1))}) == 3
    assert len(token_hash(token)) == 32


def test_a_code_has_six_digits_and_belongs_to_its_row() -> None:
    codes = {one_time_code(UUID(int=number)) for number in range(200)}
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(codes) > 190
    assert same(one_time_code(ROW), one_time_code(ROW))
    assert not same(one_time_code(ROW), "ü")
