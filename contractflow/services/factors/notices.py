"""Whoever did not do it themselves has to hear of it: a line in the trail, and a mail to the person's own address."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models.columns import uuid7
from contractflow.services import notifications
from contractflow.services.display import shown
from contractflow.services.factors import rows


class Change(StrEnum):
    """What the trail calls it."""

    TOTP_ON = "factor:add_app"
    TOTP_OFF = "factor:remove_app"
    PASSKEY_ON = "factor:add_passkey"
    PASSKEY_OFF = "factor:remove_passkey"
    CODES_NEW = "factor:renew_codes"
    CODE_USED = "factor:use_code"


WORDS = {
    Change.TOTP_ON: "An authenticator app was added to your account",
    Change.TOTP_OFF: "The authenticator app was removed from your account",
    Change.PASSKEY_ON: "A passkey was added to your account",
    Change.PASSKEY_OFF: "A passkey was removed from your account",
    Change.CODES_NEW: "New recovery codes were made for your account",
    Change.CODE_USED: "A recovery code of your account was used",
}


def tell(work: UnitOfWork, change: Change, **data: Any) -> None:
    """The member who acts did it to their own account."""
    member = work.member
    work.record(change, "app_user", member.user_id, **data)
    notifications.queue(
        work,
        "security_change",
        recipient=rows.factors_of(work, member.user_id).email,
        user_id=member.user_id,
        dedupe_key=f"{change}:{uuid7()}",
        name=member.name,
        what=WORDS[change],
        at=shown(work, work.now).exact,
        ip=member.ip or "unknown",
    )
