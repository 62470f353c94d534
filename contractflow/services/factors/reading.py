"""What Settings › Security shows of one's own factors."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import text

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.security import passkeys
from contractflow.services import devices
from contractflow.services.display import When, shown
from contractflow.services.factors import rows


@dataclass(frozen=True)
class PasskeyRow:
    id: str
    name: str
    kind: str
    added: When
    used: When


@dataclass(frozen=True)
class DeviceRow:
    id: str
    name: str
    used: When
    until: str


@dataclass(frozen=True)
class SecurityPage:
    """`must_have` says who asks for a second factor; empty when nobody does."""

    email: str = ""
    has_app: bool = False
    app_since: str = ""
    codes_left: int = 0
    has_factor: bool = False
    must_have: str = ""
    takes_passkeys: bool = False
    passkeys: list[PasskeyRow] = field(default_factory=list)
    devices: list[DeviceRow] = field(default_factory=list)


def page(work: UnitOfWork) -> SecurityPage:
    member = work.member
    known = rows.factors_of(work, member.user_id)
    asked = rows.standing(work, member.user_id, member.org_id).needs_factor
    return SecurityPage(
        email=known.email,
        has_app=known.enabled_at is not None,
        app_since=shown(work, known.enabled_at).exact,
        codes_left=known.recovery_left,
        has_factor=known.is_any,
        must_have="Your organisation asks for a second factor." if asked else "",
        takes_passkeys=passkeys.is_possible(),
        passkeys=[
            PasskeyRow(
                str(one.id),
                one.name,
                "Synced" if one.is_synced else "On one device",
                shown(work, one.created_at),
                shown(work, one.last_used_at),
            )
            for one in rows.passkeys_of(work, member.user_id)
        ],
        devices=_devices(work),
    )


def _devices(work: UnitOfWork) -> list[DeviceRow]:
    rows_ = work.db.execute(text("SELECT * FROM gate_trusted_devices()"))
    return [
        DeviceRow(
            str(row.id),
            devices.device(row.user_agent),
            shown(work, row.last_used_at),
            f"{row.expires_at:%d %b %Y}",
        )
        for row in rows_
    ]
