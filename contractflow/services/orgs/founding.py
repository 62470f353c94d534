"""Another organisation for somebody who has one already."""

from __future__ import annotations

from uuid import UUID

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import LimitReached
from contractflow.permissions import Role
from contractflow.services import accounts

MOST_OWNED = 10


def found(work: UnitOfWork, user_id: UUID, name: str) -> None:
    """A new organisation, owned by somebody who is signed in. The actor is the organisation to be.

    Raises Invalid for the name, LimitReached for who owns many already.
    """
    agency = accounts.clean_name(name, "agency")
    mine = accounts.memberships(work, user_id)
    if sum(place.role is Role.OWNER for place in mine) >= MOST_OWNED:
        raise LimitReached(f"You own {MOST_OWNED} organisations already. Delete or transfer one first.")
    accounts.establish(work, user_id, mine[0].user_name if mine else "", agency)
