"""A session lives in Redis, changes its secret, notices theft and ends everywhere at once."""

import asyncio

import pytest

from contractflow.broker.connections import async_redis
from contractflow.security import sessions
from contractflow.security.sessions import MEMBERS, SIGNERS, Verdict

pytestmark = pytest.mark.usefixtures("redis")

WHO = "01980000-0000-7000-8000-00000000000a"


async def test_a_cookie_stands_for_who_signed_in() -> None:
    cookie, begun = await MEMBERS.begin(WHO, {"org": "o1"})
    verdict, session = await MEMBERS.resolve(cookie)
    assert verdict is Verdict.OK
    assert session == begun
    assert (await MEMBERS.check(begun.family)) == begun


@pytest.mark.parametrize("cookie", [None, "", "v1.k1.abc.def", "x" * 5000])
async def test_what_we_never_gave_out_is_nothing(cookie: str | None) -> None:
    assert await MEMBERS.resolve(cookie) == (Verdict.NONE, None)


async def test_a_portal_cookie_signs_no_member_in() -> None:
    cookie, _ = await SIGNERS.begin(WHO, {})
    assert (await MEMBERS.resolve(cookie))[0] is Verdict.NONE


async def test_redis_holds_nothing_that_signs_in() -> None:
    cookie, _ = await MEMBERS.begin(WHO, {"org": "o1"})
    secret = cookie.split(".")[2]
    redis = async_redis()
    kept = [key async for key in redis.scan_iter()] + [
        str(await redis.hgetall(key)) for key in [k async for k in redis.scan_iter("cf:[sf]*") if "families" not in k]
    ]  # fmt: skip
    assert kept
    assert not any(secret in text for text in kept)


async def test_of_many_racing_tabs_one_rotates_and_the_others_stay_signed_in() -> None:
    cookie, begun = await MEMBERS.begin(WHO, {})
    fresh = [new for new in await asyncio.gather(*(MEMBERS.rotate(cookie) for _ in range(20))) if new]
    assert len(fresh) == 1
    for value in (cookie, fresh[0]):
        verdict, session = await MEMBERS.resolve(value)
        assert verdict is Verdict.OK
        assert session
        assert session.family == begun.family


async def test_a_secret_that_returns_after_its_grace_ends_the_family_for_the_thief_and_the_owner() -> None:
    cookie, begun = await MEMBERS.begin(WHO, {})
    fresh = await MEMBERS.rotate(cookie)
    assert fresh
    assert (await MEMBERS.resolve(fresh))[0] is Verdict.OK
    await _end_grace(cookie)
    assert (await MEMBERS.resolve(cookie))[0] is Verdict.REUSED
    assert (await MEMBERS.resolve(fresh))[0] is Verdict.ENDED
    assert await MEMBERS.check(begun.family) is None


async def test_nobody_is_signed_out_because_the_answer_with_the_new_secret_got_lost() -> None:
    cookie, _ = await MEMBERS.begin(WHO, {})
    lost = await MEMBERS.rotate(cookie)
    await _end_grace(cookie)
    assert (await MEMBERS.resolve(cookie))[0] is Verdict.OK
    assert (await MEMBERS.resolve(lost))[0] is Verdict.NONE
    assert await MEMBERS.rotate(cookie)


async def test_a_rotation_is_due_after_a_quarter_of_an_hour() -> None:
    cookie, begun = await MEMBERS.begin(WHO, {})
    family = f"cf:family:{begun.family}"
    rotated = int(await async_redis().hget(family, "rotated"))
    assert not (await MEMBERS.resolve(cookie))[1].is_due
    await async_redis().hset(family, "rotated", rotated - 15 * 60)
    assert (await MEMBERS.resolve(cookie))[1].is_due


async def test_idle_sessions_end_and_rotating_is_no_activity() -> None:
    cookie, begun = await MEMBERS.begin(WHO, {})
    family = f"cf:family:{begun.family}"
    assert 0 < await async_redis().ttl(family) <= 30 * 60
    await async_redis().expire(family, 5)
    await async_redis().hincrby(family, "seen", -120)
    fresh = await MEMBERS.rotate(cookie)
    assert await async_redis().ttl(family) <= 5
    await MEMBERS.resolve(fresh)
    assert await async_redis().ttl(family) > 60
    await async_redis().delete(family)
    assert (await MEMBERS.resolve(fresh))[0] is Verdict.ENDED


async def test_no_activity_keeps_a_session_longer_than_half_a_day() -> None:
    cookie, begun = await MEMBERS.begin(WHO, {})
    await async_redis().hset(f"cf:family:{begun.family}", "ends", 1)
    assert (await MEMBERS.resolve(cookie))[0] is Verdict.ENDED
    assert await MEMBERS.rotate(cookie) is None


async def test_signing_out_ends_one_device_and_everywhere_ends_all() -> None:
    (phone, phone_session), (desk, _), (other, _) = [
        await MEMBERS.begin(who, {}) for who in (WHO, WHO, "somebody-else")
    ]
    await MEMBERS.end(phone_session.family)
    assert (await MEMBERS.resolve(phone))[0] is Verdict.ENDED
    assert (await MEMBERS.resolve(desk))[0] is Verdict.OK
    sessions.end_all(WHO)
    assert (await MEMBERS.resolve(desk))[0] is Verdict.ENDED
    assert (await MEMBERS.resolve(other))[0] is Verdict.OK


async def test_every_end_is_announced() -> None:
    _, begun = await MEMBERS.begin(WHO, {})
    async with async_redis().pubsub() as heard:
        await heard.subscribe(sessions.REVOKED_CHANNEL)
        await MEMBERS.end(begun.family)
        async with asyncio.timeout(2):
            messages = [message async for message in _first(heard, 2)]
    assert messages[-1]["data"] == begun.family


async def test_a_confirmation_changes_the_secret_and_every_older_one_is_refused_at_once() -> None:
    oldest, begun = await MEMBERS.begin(WHO, {"org": "o1"})
    old = await MEMBERS.rotate(oldest)
    assert not (await MEMBERS.check(begun.family)).confirmed_within(600)
    new = await MEMBERS.confirm(old, {"aal": "2"})
    for cookie in (oldest, old):
        assert (await MEMBERS.resolve(cookie)) == (Verdict.REPLACED, None)
        assert await MEMBERS.rotate(cookie) is None
        assert await MEMBERS.confirm(cookie, {}) is None
    verdict, session = await MEMBERS.resolve(new)
    assert (verdict, session.family, session.facts["org"], session.facts["aal"]) == (
        "ok",
        begun.family,
        "o1",
        "2",
    )
    assert session.confirmed_within(600)
    assert await MEMBERS.resolve(await MEMBERS.rotate(new)) == (verdict, session)


async def test_a_secret_from_before_a_confirmation_ends_the_family_when_it_returns_later() -> None:
    old, begun = await MEMBERS.begin(WHO, {})
    new = await MEMBERS.confirm(old, {})
    await async_redis().hincrby(f"cf:family:{begun.family}", "confirmed", -60)
    assert (await MEMBERS.resolve(old))[0] is Verdict.REUSED
    assert (await MEMBERS.resolve(new))[0] is Verdict.ENDED


async def test_of_many_confirmations_at_once_one_counts() -> None:
    cookie, _ = await MEMBERS.begin(WHO, {})
    fresh = [new for new in await asyncio.gather(*(MEMBERS.confirm(cookie, {}) for _ in range(20))) if new]
    assert len(fresh) == 1


async def test_a_session_that_is_over_cannot_be_confirmed() -> None:
    cookie, begun = await MEMBERS.begin(WHO, {})
    await MEMBERS.end(begun.family)
    assert await MEMBERS.confirm(cookie, {}) is None
    assert await MEMBERS.confirm("v1.k1.abc.def", {}) is None
    ended, _ = await MEMBERS.begin(WHO, {})
    sessions.end_all(WHO)
    assert await MEMBERS.confirm(ended, {}) is None


async def test_a_confirmation_lasts_as_long_as_was_asked() -> None:
    cookie, begun = await MEMBERS.begin(WHO, {}, is_confirmed=True)
    assert (await MEMBERS.check(begun.family)).confirmed_within(600)
    moved = f"cf:family:{begun.family}"
    now = int((await async_redis().time())[0])
    for ago, still in ((599, True), (601, False)):
        await async_redis().hset(moved, "facts", f'{{"confirmed_at":"{now - ago}"}}')
        assert (await MEMBERS.resolve(cookie))[1].confirmed_within(600) is still


async def test_a_copied_cookie_says_whose_session_it_ended() -> None:
    cookie, begun = await MEMBERS.begin(WHO, {"org": "o1"})
    fresh = await MEMBERS.rotate(cookie)
    assert (await MEMBERS.resolve(fresh))[0] is Verdict.OK
    await _end_grace(cookie)
    verdict, stolen = await MEMBERS.resolve(cookie)
    assert (verdict, stolen) == (Verdict.REUSED, begun)


async def test_an_open_tab_alone_keeps_no_session_alive() -> None:
    _, begun = await MEMBERS.begin(WHO, {})
    family = f"cf:family:{begun.family}"
    await async_redis().expire(family, 5)
    await async_redis().hincrby(family, "seen", -120)
    assert await MEMBERS.check(begun.family, counts=False)
    assert await sessions.living([begun.family, "gone"]) == {begun.family}
    assert await async_redis().ttl(family) <= 5
    assert await MEMBERS.check(begun.family)
    assert await async_redis().ttl(family) > 60


async def test_whoever_is_ended_everywhere_lives_nowhere() -> None:
    _, begun = await MEMBERS.begin(WHO, {})
    await async_redis().incr(f"cf:epoch:{WHO}")
    assert await sessions.living([begun.family]) == set()
    assert sessions.last_seen([begun.family]) == {}


async def _end_grace(cookie: str) -> None:
    await async_redis().hset(sessions._pointer(cookie.split(".")[2]), "until", 1)


async def _first(heard, count):
    async for message in heard.listen():
        yield message
        count -= 1
        if not count:
            return
