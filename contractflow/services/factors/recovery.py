"""Recovery codes: ten, shown once, each good for one sign-in without phone and passkey."""

from __future__ import annotations

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove
from contractflow.security.recovery_codes import code_hash, new_codes
from contractflow.services.factors import rows
from contractflow.services.factors.notices import Change, tell
from contractflow.services.factors.rows import ask


def renew_recovery_codes(work: UnitOfWork) -> list[str]:
    """Ten new ones; those from before work no longer. Raises IllegalMove for who has no second factor."""
    work.require_confirmed()
    codes = _made(work)
    tell(work, Change.CODES_NEW)
    return codes


def first_codes(work: UnitOfWork) -> list[str]:
    """For who has just got a factor: ten codes, or none when there are some from before."""
    return [] if rows.factors_of(work, work.member.user_id).recovery_left else _made(work)


def _made(work: UnitOfWork) -> list[str]:
    codes = new_codes()
    hashes = [code_hash(work.member.user_id, code) for code in codes]
    if not ask(work, "SELECT gate_recovery_renew(:hashes)", hashes=hashes):
        raise IllegalMove("Recovery codes stand in for a second factor. Set one up first.")
    return codes
