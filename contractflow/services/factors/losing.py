"""Somebody who has lost phone, passkeys and recovery codes: only the command line helps, after a look at who asks."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, delete, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid, NotAllowed
from contractflow.models import AppUser, Passkey, TrustedDevice, UserCredential
from contractflow.models.columns import uuid7
from contractflow.permissions import System
from contractflow.services import notifications
from contractflow.services.display import shown


def forget_factors(work: UnitOfWork, email: str) -> UUID:
    """Leave the person with this address only their password; their own mailbox is told. Returns who it is.

    It needs the owner's role, and stands in the trail of the organisation that `work` is about. Raises Invalid.
    """
    if not isinstance(work.actor, System):
        raise NotAllowed("That is not yours to do.")
    is_theirs = col(AppUser.email) == email, col(AppUser.email_verified_at).is_not(None)
    person = work.db.exec(select(AppUser).where(*is_theirs)).first()
    if person is None:
        raise Invalid(f"Nobody has the address {email}.", "email")
    known = work.db.get_one(UserCredential, person.id, with_for_update=True)
    known.totp_secret_enc = known.totp_enabled_at = known.totp_last_step = None
    known.recovery_hashes = []
    work.db.execute(delete(Passkey).where(col(Passkey.user_id) == person.id))
    work.db.execute(delete(TrustedDevice).where(col(TrustedDevice.user_id) == person.id))
    work.record("factor:forget_all", "app_user", person.id, person=person.name)
    notifications.queue(
        work,
        "security_change",
        recipient=person.email,
        user_id=person.id,
        dedupe_key=f"factor:forget_all:{uuid7()}",
        name=person.name,
        what="Your second factors were removed by the people who run ContractFlow",
        at=shown(work, work.now).exact,
        ip="their command line",
    )
    return person.id
