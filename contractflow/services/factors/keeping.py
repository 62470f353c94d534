"""Where a second factor is asked for, the last one cannot be taken away."""

from __future__ import annotations

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid
from contractflow.services.factors import rows
from contractflow.services.platform import is_admin


def require_another(work: UnitOfWork, *, is_last: bool) -> None:
    """Raises Invalid when the one to be removed `is_last` and has to stay."""
    if not is_last:
        return
    member = work.member
    if rows.standing(work, member.user_id, member.org_id).needs_factor:
        raise Invalid("Your organisation asks for a second factor. Add another one first.")
    if is_admin(work, member.user_id):
        raise Invalid("Platform admins always have a second factor. Add another one first.")
