"""Proving that it is you: by a code of the app or a recovery code. For the second step of a sign-in, and again later."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid
from contractflow.security import passkeys, totp, vault
from contractflow.security.recovery_codes import code_hash
from contractflow.services.factors import rows
from contractflow.services.factors.notices import Change, tell
from contractflow.services.factors.rows import ask
from contractflow.services.factors.totp import place

WRONG = "That code is not right, or was used already. Wait for the next one."
WRONG_RECOVERY = "That recovery code is not right, or was used already."


@dataclass(frozen=True)
class Ways:
    """How this person can prove that it is them; `password_hash` only for who has no second factor."""

    has_app: bool = False
    has_passkey: bool = False
    password_hash: str | None = None

    @property
    def has_factor(self) -> bool:
        return self.has_app or self.has_passkey


def ways(work: UnitOfWork) -> Ways:
    known = rows.factors_of(work, work.member.user_id)
    return Ways(
        known.enabled_at is not None,
        known.passkeys > 0 and passkeys.is_possible(),
        None if known.is_any else known.password_hash,
    )


def prove_by_code(work: UnitOfWork, code: str) -> str:
    """The way it was proved: "app" or "recovery code". Each code counts once. Raises Invalid.

    The person is the member who acts, in the second step of a sign-in as well: their password was right.
    """
    user_id, typed = work.member.user_id, "".join(code.split())
    known = rows.factors_of(work, user_id)
    if not totp.looks_like_code(typed):
        return _prove_by_recovery(work, user_id, typed)
    if known.enabled_at is None or known.locked_secret is None:
        raise Invalid(WRONG, "code")
    step = totp.step_of(vault.unlock(place(user_id), known.locked_secret), typed, work.now)
    if step is None or not ask(work, "SELECT gate_totp_used(:user_id, :step)", user_id=user_id, step=step):
        raise Invalid(WRONG, "code")
    return "app"


def confirmed(work: UnitOfWork, way: str) -> None:
    """Write down that the member who acts has proved that it is them, and how."""
    work.record("member:confirm", "app_user", work.member.user_id, way=way)


def _prove_by_recovery(work: UnitOfWork, user_id: UUID, typed: str) -> str:
    left = ask(
        work,
        "SELECT gate_recovery_used(:user_id, :hash)",
        user_id=user_id,
        hash=code_hash(user_id, typed),
    )
    if left is None:
        raise Invalid(WRONG_RECOVERY, "code")
    tell(work, Change.CODE_USED, left=left)
    return "recovery code"
