"""An authenticator app: offered a secret, in use from its first right code on, removed by who has just confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, Invalid, Stale
from contractflow.security import totp, vault
from contractflow.security.qr_code import svg_path
from contractflow.services.factors import recovery, rows
from contractflow.services.factors.keeping import require_another
from contractflow.services.factors.notices import Change, tell
from contractflow.services.factors.rows import ask

WRONG = "That code is not right. Check that the clock of your phone is, and enter the newest code."


@dataclass(frozen=True)
class Offer:
    """What a person's app is given: `path` draws the QR code in a square of `side` units."""

    secret: str
    side: int
    path: str


def offer_totp(work: UnitOfWork) -> Offer:
    """A new secret for the person who acts; an earlier one that was never confirmed is worth nothing any more."""
    member = work.member
    work.require_confirmed()
    secret = totp.new_secret()
    locked = vault.lock(place(member.user_id), secret)
    if not ask(work, "SELECT gate_totp_offer(:secret)", secret=locked):
        raise IllegalMove("You have an authenticator app already. Remove it first to set up another.")
    side, path = svg_path(totp.address(secret, rows.factors_of(work, member.user_id).email))
    return Offer(secret, side, path)


def enable_totp(work: UnitOfWork, code: str) -> list[str]:
    """From now on the app's codes are asked for. Returns recovery codes when these are the person's first.

    Raises Invalid for a wrong code, Stale when another secret was offered meanwhile.
    """
    member = work.member
    work.require_confirmed()
    typed = "".join(code.split())  # apps show it as 123 456
    known = rows.factors_of(work, member.user_id)
    if known.locked_secret is None or known.enabled_at is not None:
        raise Stale("This was done already, or never begun. Reload to see it.")
    step = totp.step_of(vault.unlock(place(member.user_id), known.locked_secret), typed, work.now)
    if step is None:
        raise Invalid(WRONG, "code")
    if not ask(work, "SELECT gate_totp_enable(:secret, :step)", secret=bytes(known.locked_secret), step=step):
        raise Stale("Another code to scan was made in the meantime. Use that one.")
    tell(work, Change.TOTP_ON)
    return recovery.first_codes(work)


def remove_totp(work: UnitOfWork) -> None:
    """The app's codes count no more; twice is the same as once. Raises Invalid where one has to be left."""
    work.require_confirmed()
    known = rows.factors_of(work, work.member.user_id)
    if known.enabled_at is None:
        return
    require_another(work, is_last=known.passkeys == 0)
    if ask(work, "SELECT gate_totp_remove()"):
        tell(work, Change.TOTP_OFF)


def place(user_id: UUID) -> str:
    """Where the secret stands, for the vault."""
    return f"totp:{user_id}"
