"""Passwords are long, not the usual ones, stored slowly; nobody learns whether an address is known."""

import asyncio
import threading
import time

import pytest
from argon2 import PasswordHasher

from contractflow.errors import Invalid, Unavailable
from contractflow.security import passwords
from contractflow.security.common_passwords import FILE, WIDTH
from contractflow.security.passwords import (
    LONGEST,
    SHORTEST,
    check_strength,
    hash_password,
    needs_rehash,
    verify_password,
)

GOOD = "four quiet green hills"


def refusal(password: str, *known: str) -> str:
    with pytest.raises(Invalid) as refused:
        check_strength(password, *known)
    assert refused.value.field == "password"
    return refused.value.message


@pytest.mark.parametrize(
    "password",
    ["passwordpassword", "PasswordPassword", "aaaaaaaaaaaaaa", "abab" * 5, "123456789012", "abcdefghijklm", "qwerty123456",
     "P@ssw0rd1234", "Sunshine!2026", "welcome123456", "letmeinletmein", "correct horse battery staple", "ｐａｓｓｗｏｒｄ１２３４",
     "mailcreated5240", "quetzal quetzal quetzal "],
)  # fmt: skip
def test_what_anybody_would_try_first_is_refused(password: str) -> None:
    assert "first anybody would try" in refusal(password)


@pytest.mark.parametrize(
    "password",
    ["olivia.owner@northlight.example", "olivia.owner", "Olivia-Owner-1", "northlight2026!", "ContractFlow 2026",
     "owner@northlight", "NorthlightStudio", "Zoë Ångström 9"],
)  # fmt: skip
def test_what_everybody_knows_of_somebody_is_refused(password: str) -> None:
    about = ("olivia.owner@northlight.example", "Olivia Owner", "Northlight Studio", "Zoë Ångström")
    assert "mostly your name" in refusal(password, *about)


@pytest.mark.parametrize("length", [0, SHORTEST - 1, LONGEST + 1])
def test_its_length_is_the_only_thing_asked_for(length: int) -> None:
    assert "characters" in refusal("hqzvkxwjpy" * 20 if length > LONGEST else "hqzvkxwjpyb"[:length])


@pytest.mark.parametrize(
    "password",
    [GOOD, "Tr0ub4dor&3xyz", "日本語のパスワードです長い", " spaces count too ", "hqzvkxwjpybm", "horse-8472-0193-5521",
     "olivia likes quiet green hills", "x7" * 2 + "quetzal" * 12],
)  # fmt: skip
def test_any_long_password_of_ones_own_will_do(password: str) -> None:
    check_strength(password, "olivia@northlight.example", "Olivia Owner", "")


def test_the_list_that_ships_is_large_and_none_of_it_can_be_read() -> None:
    raw = FILE.read_bytes()
    entries = [raw[at : at + WIDTH] for at in range(0, len(raw), WIDTH)]
    assert len(entries) > 50_000
    assert entries == sorted(set(entries))
    assert b"password" not in raw


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


async def test_comparing_never_holds_the_event_loop_and_two_at_most_run_at_once() -> None:
    stored = await hash_password(GOOD)
    names = set()
    verify = passwords._verify

    def noting(*args: object) -> bool:
        names.add(threading.current_thread().name)
        return verify(*args)

    passwords._verify = noting
    try:
        asked = asyncio.gather(*(verify_password(stored, "wrong password!") for _ in range(8)))
        lags = []
        while not asked.done():
            begun = time.perf_counter()
            await asyncio.sleep(0)
            lags.append(time.perf_counter() - begun)
        await asked
    finally:
        passwords._verify = verify
    assert len(lags) > 100  # the loop went round all the while
    assert names <= {"password_0", "password_1"}


async def test_a_line_that_grows_too_long_is_refused_at_once_and_empties_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passwords, "MOST_WAITING", 3)
    answers = await asyncio.gather(
        *(verify_password(None, "wrong password!") for _ in range(6)), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [bool] * 3 + [Unavailable] * 3
    assert await verify_password(None, "wrong password!") is False


async def test_weaker_settings_of_earlier_are_noticed() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)
    assert needs_rehash(weak)
    assert await verify_password(weak, GOOD)
