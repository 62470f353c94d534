"""Whether an organisation lets nobody in without a second factor."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid
from contractflow.models import Org
from contractflow.permissions import Permission as P
from contractflow.permissions import why_not
from contractflow.services.factors import rows
from contractflow.services.moving import locked

_COUNT = text(
    "SELECT count(*) AS members, count(*) FILTER (WHERE f.has_factor) AS enrolled"
    "  FROM membership m, gate_factor_standing(m.user_id, m.org_id) f WHERE m.status = 'active'"
)


@dataclass(frozen=True)
class PolicyPage:
    is_required: bool = False
    words: str = ""
    why_not: str = ""


def policy_page(work: UnitOfWork) -> PolicyPage:
    work.require(P.ORG_READ)
    org = work.db.get_one(Org, work.member.org_id)
    count = work.db.execute(_COUNT).one()
    words = f"{count.enrolled} of {count.members} member{'s' * (count.members != 1)} ha{'s' if count.members == 1 else 've'} one."
    return PolicyPage(org.require_2fa, words, why_not(work.actor, P.SECURITY_POLICY_MANAGE))


def require_of_everybody(work: UnitOfWork, *, is_required: bool) -> None:
    """Ask for one from everybody's next page on, or no longer; twice is the same as once.

    Raises Invalid for an owner who has none: they would lock themselves out first.
    """
    work.require(P.SECURITY_POLICY_MANAGE)
    if is_required and not rows.factors_of(work, work.member.user_id).is_any:
        raise Invalid("Set up a second factor of your own first.")
    org = locked(work, Org, work.member.org_id, "organisation")
    if org.require_2fa is is_required:
        return
    org.require_2fa = is_required
    work.record(f"org:{'require' if is_required else 'waive'}_factor", "org", org.id)
