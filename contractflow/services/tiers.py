"""What an agency can buy from us: one aligned table of limits and prices.

A platform admin may override a limit for one organisation; `None` is unlimited. Signing, paying and downloading
are in no tier: they never stop, whatever an agency owes.
"""

from __future__ import annotations

from typing import NamedTuple

from contractflow.config import settings

TRIAL_TIER = "growth"
TRIAL_DAYS = 14
GRACE_DAYS = 7
CURRENCY = "EUR"
MONTH, YEAR = "month", "year"
INTERVALS = (MONTH, YEAR)


class Tier(NamedTuple):
    """Prices in euro cents, for a month and for a year; the limits are per organisation, `drafts` per month.

    `drafts_at_once` are written together; more wait for their turn, so that nobody else waits for them.
    """

    key: str
    name: str
    monthly_minor: int
    yearly_minor: int
    seats: int | None
    drafts: int | None
    drafts_at_once: int
    documents: int | None
    approval_steps: int | None
    has_branding: bool
    has_api: bool


# fmt: off
TIERS = (
    #    key        name       month   a year  seats  drafts  at once  documents  approvals  branding  API and webhooks
    Tier("starter", "Starter",   2900,  29000,     3,     20,       2,        25,         1,    False,  False),
    Tier("growth",  "Growth",    9900,  99000,    10,    200,       5,       500,         3,    True,   False),
    Tier("scale",   "Scale",    29900, 299000,    50,   2000,      20,      None,      None,    True,   True),
)
UNLIMITED = Tier("unlimited", "Unlimited", 0, 0,   None,   None,      20,      None,      None,    True,   True)
"""Not for sale: what an organisation has on a server where nobody is billed."""
# fmt: on


def named(key: str) -> Tier:
    """The tier stored as `key`; LookupError for an unknown one is a bug, not a refusal."""
    return {tier.key: tier for tier in (*TIERS, UNLIMITED)}[key]


def seats_of(key: str) -> int:
    """How many people may be in an organisation with a tier that is for sale."""
    return named(key).seats or 1


def rank(key: str) -> int:
    """Which of two tiers is the larger one."""
    return [tier.key for tier in TIERS].index(key)


def is_billed() -> bool:
    """Whether tiers are for sale on this server."""
    return settings().paddle_prices is not None


def in_force(stored: str | None) -> Tier:
    """The tier whose limits hold: the stored one, the smallest without one; where nobody is billed, the server's."""
    return named(stored or TIERS[0].key) if is_billed() else named(settings().tier_without_billing)


def price_of(tier: str, interval: str) -> str | None:
    """What the tier is called at Paddle; None when it is not for sale like that."""
    return _prices().get((tier, interval))


def bought(price: str) -> tuple[str, str] | None:
    """The tier and the interval of a price at Paddle; None for one that is none of ours."""
    return {sold: what for what, sold in _prices().items()}.get(price)


def _prices() -> dict[tuple[str, str], str]:
    sold = [one.strip().partition("=") for one in (settings().paddle_prices or "").split(",") if one.strip()]
    return {(what.partition(":")[0], what.partition(":")[2]): price for what, _, price in sold}
