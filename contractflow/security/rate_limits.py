"""How often is too often: an exact sliding log in Redis, on Redis's clock, several limits in one round trip."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from redis.exceptions import RedisError

from contractflow.broker.connections import async_redis
from contractflow.errors import TooMany, Unavailable

# Checks every limit first and charges all or none. TIME stands still between scripts of one tick of Redis's loop,
# so the member of the log counts as well: with the time alone, parallel hits overwrite each other and slip through.
LOG: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local wait, used = 0, {}
for i, key in ipairs(KEYS) do
  local times, window = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i]) * 1000000
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
  used[i] = redis.call('ZCARD', key)
  if used[i] >= times then
    local oldest = redis.call('ZRANGE', key, used[i] - times, used[i] - times, 'WITHSCORES')
    wait = math.max(wait, math.ceil((oldest[2] + window - now) / 1000000), 1)
  end
end
if wait > 0 then return wait end
for i, key in ipairs(KEYS) do
  redis.call('ZADD', key, now, now .. ':' .. used[i])
  redis.call('EXPIRE', key, ARGV[2 * i])
end
return 0
"""


@dataclass(frozen=True)
class Limit:
    """So many `times` in a sliding window of `seconds`."""

    name: str
    times: int
    seconds: int

    def of(self, whom: str) -> Charge:
        """The limit as it applies to one address, account or link."""
        return Charge(self, whom)


@dataclass(frozen=True)
class Charge:
    limit: Limit
    whom: str

    @property
    def key(self) -> str:
        # Addresses and accounts are personal data; the key needs only to be the same again.
        whom = self.whom.casefold().encode("utf-8", "replace")
        return f"cf:limit:{self.limit.name}:{hashlib.sha256(whom).hexdigest()[:32]}"


MINUTE, HOUR, DAY = 60, 3600, 86400
# What a verb charges by itself, because it says the refusal in its own place or knows whom only from what was typed.
# All others stand in `limited_verbs`. By address they are generous: a whole agency, or a whole test run, may stand
# behind one. Turnstile stops robots.
# fmt: off
SIGN_UP_BY_ADDRESS   = Limit("sign_up_by_address",   120, HOUR)
SIGN_IN_BY_ADDRESS   = Limit("sign_in_by_address",   150, 5 * MINUTE)
WRONG_IN_OWN_BROWSER = Limit("wrong_in_own_browser",  10, 15 * MINUTE)   # of one account: a right one starts anew
WRONG_ELSEWHERE      = Limit("wrong_elsewhere",       10, 15 * MINUTE)   # of one account from one network, likewise
WRONG_FOR_ACCOUNT    = Limit("wrong_for_account",    100, HOUR)          # only counted: refuses nobody
WRONG_FROM_NETWORK   = Limit("wrong_from_network",   100, 15 * MINUTE)   # only counted
CONFIRM_BY_SESSION   = Limit("confirm_by_session",    10, 15 * MINUTE)   # the present password, asked for again
CONFIRM_BY_LINK      = Limit("confirm_by_link",       10, 15 * MINUTE)
LINK_BY_ADDRESS      = Limit("link_by_address",       60, 15 * MINUTE)
FORGOT_BY_ADDRESS    = Limit("forgot_by_address",     60, HOUR)
FORGOT_BY_ACCOUNT    = Limit("forgot_by_account",      5, HOUR)          # and network: nobody uses up another's
MAIL_LINK_BY_PERSON  = Limit("mail_link_by_person",    5, HOUR)
JOIN_BY_ADDRESS      = Limit("join_by_address",      120, HOUR)
FACTOR_BY_PERSON     = Limit("factor_by_person",      10, 15 * MINUTE)   # the first code of a new app
CODES_IN_OWN_BROWSER = Limit("codes_in_own_browser",  10, 15 * MINUTE)   # of one account: a right one starts anew
CODES_ELSEWHERE      = Limit("codes_elsewhere",       10, 15 * MINUTE)   # of one account from one network, likewise
CODES_FOR_ACCOUNT    = Limit("codes_for_account",     40, HOUR)          # from all browsers that are not its own
WRONG_CODES          = Limit("wrong_codes",            5, HOUR)          # only counted: then its owner is told
PORTAL_OPEN          = Limit("portal_open",          150, 10 * MINUTE)
VERIFY_BY_ADDRESS    = Limit("verify_by_address",     60, 10 * MINUTE)
LEAD_BY_ADDRESS      = Limit("lead_by_address",       30, HOUR)
LEAD_BY_ORG          = Limit("lead_by_org",          300, HOUR)          # whoever floods one form does so alone
# fmt: on


async def hit(*charges: Charge) -> None:
    """Charge every limit, or none when one is used up.

    Raises TooMany with the seconds until it would pass; Unavailable when Redis does not answer: whoever has to
    be limited is kept waiting rather than let through.
    """
    args = [number for charge in charges for number in (charge.limit.times, charge.limit.seconds)]
    keys = [charge.key for charge in charges]
    try:
        wait = int(await async_redis().register_script(LOG)(keys=keys, args=args))
    except (RedisError, OSError) as broken:
        raise Unavailable("We cannot take that right now. Please try again in a minute.") from broken
    if wait:
        raise TooMany(f"Too many attempts. Try again in {_spoken(wait)}.", retry_after=wait)


async def used(*charges: Charge) -> list[int]:
    """How much of each limit is used up in its window. Raises Unavailable when Redis does not answer."""
    try:
        redis = async_redis()
        now = (await redis.time())[0]
        async with redis.pipeline(transaction=False) as pipe:
            for charge in charges:
                pipe.zcount(charge.key, (now - charge.limit.seconds) * 1_000_000, "+inf")
            return [int(count) for count in await pipe.execute()]
    except (RedisError, OSError) as broken:
        raise Unavailable("We cannot take that right now. Please try again in a minute.") from broken


async def forgive(*charges: Charge) -> None:
    """Forget what was charged: the attempts before a right one."""
    await async_redis().delete(*(charge.key for charge in charges))


def _spoken(seconds: int) -> str:
    if seconds < 2 * MINUTE:
        return f"{seconds} second{'s' * (seconds != 1)}"
    return f"{-(-seconds // MINUTE)} minutes"
