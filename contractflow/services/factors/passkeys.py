"""Passkeys: made, named, removed, and asked for, in the second step of a sign-in or as the only one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text

from contractflow.content import blocks
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid, LimitReached, NotFound, Unavailable
from contractflow.security import passkeys
from contractflow.services.factors import recovery, rows
from contractflow.services.factors.keeping import require_another
from contractflow.services.factors.notices import Change, tell
from contractflow.services.factors.rows import ask

MOST = 20
LONGEST_NAME = 60
Answer = Mapping[str, Any]


def creation_options(work: UnitOfWork, challenge: bytes) -> dict[str, Any]:
    """What the browser is asked for. Raises Unavailable where browsers allow none, LimitReached after twenty."""
    member = work.member
    work.require_confirmed()
    if not passkeys.is_possible():
        raise Unavailable("Browsers allow passkeys only over https, or on this machine at “localhost”.")
    known = rows.passkeys_of(work, member.user_id)
    if len(known) >= MOST:
        raise LimitReached(f"{MOST} passkeys are the most. Remove one that you no longer use.")
    person = rows.factors_of(work, member.user_id)
    return passkeys.creation_options(
        challenge, member.user_id, person.email, person.name, [one.credential_id for one in known]
    )


def add_passkey(work: UnitOfWork, answer: Answer, challenge: bytes, name: str) -> list[str]:
    """Keep the passkey that was made. Returns recovery codes when these are the person's first. Raises Invalid."""
    work.require_confirmed()
    called = _name(name)
    made = passkeys.check_creation(answer, challenge)
    is_new = ask(
        work,
        "SELECT gate_passkey_add(:credential_id, :public_key, :count, :name, :transports, :is_synced)",
        credential_id=made.credential_id,
        public_key=made.public_key,
        count=made.sign_count,
        name=called,
        transports=made.transports,
        is_synced=made.is_synced,
    )
    if not is_new:
        raise Invalid("This passkey is known already.")
    tell(work, Change.PASSKEY_ON, name=called)
    return recovery.first_codes(work)


def rename_passkey(work: UnitOfWork, passkey_id: UUID, name: str) -> None:
    """Raises Invalid for the name, NotFound for another person's."""
    member, called = work.member, _name(name)
    if not ask(work, "SELECT gate_passkey_rename(:id, :name)", id=passkey_id, name=called):
        raise NotFound("passkey")
    work.record("factor:rename_passkey", "app_user", member.user_id, name=called)


def remove_passkey(work: UnitOfWork, passkey_id: UUID) -> None:
    """It signs nobody in any more; twice is the same as once. Raises Invalid where one has to be left."""
    work.require_confirmed()
    known = rows.factors_of(work, work.member.user_id)
    require_another(work, is_last=known.enabled_at is None and known.passkeys == 1)
    name = ask(work, "SELECT gate_passkey_remove(:id)", id=passkey_id)
    if name is not None:
        tell(work, Change.PASSKEY_OFF, name=name)


def request_options(work: UnitOfWork, challenge: bytes) -> dict[str, Any]:
    """What the browser is asked for when it is known who is there."""
    known = rows.passkeys_of(work, work.member.user_id)
    return passkeys.request_options(challenge, [one.credential_id for one in known])


def prove_by_passkey(work: UnitOfWork, answer: Answer, challenge: bytes) -> None:
    """The member who acts has it in their hands. Raises Invalid, also for somebody else's passkey."""
    if whose_passkey(work, answer, challenge) != work.member.user_id:
        raise Invalid(passkeys.REFUSED)


def whose_passkey(work: UnitOfWork, answer: Answer, challenge: bytes) -> UUID:
    """The person whose passkey answered. Raises Invalid; an answer counts once, and not after a copy's."""
    query = text("SELECT * FROM gate_passkey(:credential_id)")
    row = work.db.execute(query, {"credential_id": passkeys.credential_of(answer)}).one_or_none()
    if row is None:
        raise Invalid("This passkey is not known here any more. Use another way, then add it anew.")
    user_id: UUID = row.user_id
    count = passkeys.check_answer(answer, challenge, user_id, bytes(row.public_key), row.sign_count)
    if not ask(
        work,
        "SELECT gate_passkey_used(:id, :before, :count)",
        id=row.id,
        before=row.sign_count,
        count=count,
    ):
        raise Invalid(passkeys.REFUSED)
    return user_id


def _name(name: str) -> str:
    called = " ".join(blocks.clean(name).split())
    if not called:
        raise Invalid("Give it a name you will know it by, like “Work laptop”.", "name")
    if len(called) > LONGEST_NAME:
        raise Invalid(f"That is too long; {LONGEST_NAME} characters are the limit.", "name")
    return called
