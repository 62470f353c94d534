"""What an agency can buy from us: one aligned table of limits and prices.

A platform admin may override a limit for one organisation; `None` is unlimited. Signing, paying and downloading
are in no tier: they never stop, whatever an agency owes.
"""

from __future__ import annotations

from typing import NamedTuple

TRIAL_TIER = "growth"
TRIAL_DAYS = 14
GRACE_DAYS = 7


class Tier(NamedTuple):
    """`monthly_minor` in euro cents; the limits are per organisation, `drafts` per month.

    `drafts_at_once` are written together; more wait for their turn, so that nobody else waits for them.
    """

    key: str
    name: str
    monthly_minor: int
    seats: int
    drafts: int
    drafts_at_once: int
    documents: int | None
    approval_steps: int | None
    has_branding: bool
    has_api: bool


# fmt: off
TIERS = (
    #    key        name       price   seats  drafts  at once  documents  approvals  branding  API and webhooks
    Tier("starter", "Starter",   2900,     3,     20,       2,        25,         1,    False,  False),
    Tier("growth",  "Growth",    9900,    10,    200,       5,       500,         3,    True,   False),
    Tier("scale",   "Scale",    29900,    50,   2000,      20,      None,      None,    True,   True),
)
# fmt: on


def named(key: str) -> Tier:
    """The tier stored as `key`; LookupError for an unknown one is a bug, not a refusal."""
    return {tier.key: tier for tier in TIERS}[key]
