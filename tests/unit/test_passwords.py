"""Passwords are long, not the usual ones, stored slowly; nobody learns whether an address is known."""

import time

import pytest

from contractflow.errors import Invalid
from contractflow.security.common_passwords import COMMON
from contractflow.security.passwords import (
    LONGEST,
    SHORTEST,
    check_strength,
    hash_password,
    needs_rehash,
    verify_password,
)

GOOD = "four quiet green hills"


@pytest.mark.parametrize(
    "password",
    ["", "short one", "passwordpassword", "PasswordPassword", "aaaaaaaaaaaaaa", "abab" * 5, "123456789012", "abcdefghijklm",
     "olivia.owner@northlight.example", "olivia.owner", "x" * (LONGEST + 1)],
)  # fmt: skip
def test_what_anybody_would_try_first_is_refused(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_strength(password, "olivia.owner@northlight.example", "Olivia Owner")
    assert refused.value.field == "password"


@pytest.mark.parametrize(
    "password", [GOOD, "Tr0ub4dor&3xyz", "日本語のパスワードです長い", " spaces count too "]
)
def test_any_long_password_of_ones_own_will_do(password: str) -> None:
    check_strength(password, "olivia@northlight.example", "Olivia Owner", "")


def test_the_list_holds_only_what_the_length_lets_through() -> None:
    assert all(len(password) >= SHORTEST and password == password.casefold() for password in COMMON)


async def test_only_the_right_password_verifies() -> None:
    stored = await hash_password(GOOD)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await verify_password(stored, GOOD)
    assert not await verify_password(stored, GOOD + " ")
    assert not await verify_password(stored, "x" * 100_000)
    assert not await verify_password("not a hash", GOOD)
    assert not needs_rehash(stored)


async def test_an_unknown_address_takes_as_long_as_a_wrong_password() -> None:
    stored = await hash_password(GOOD)
    await verify_password(None, GOOD)  # makes the stand-in once

    async def fastest(of: str | None) -> float:
        times = []
        for _ in range(4):
            begun = time.process_time()  # what it costs, however busy the machine is
            assert not await verify_password(of, "wrong password!")
            times.append(time.process_time() - begun)
        return min(times)

    known, unknown = await fastest(stored), await fastest(None)
    assert 0.5 < known / unknown < 2
