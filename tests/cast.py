"""Who: Olivia (owner), Adam (admin), Mia (member), Victor (viewer) of Northlight; Rita (owner) of the rival agency
Redshift; Clara, a client of Northlight, who signs. The first letter is the role."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from contractflow.db.unit_of_work import unit_of_work
from contractflow.models import Membership, Org
from contractflow.permissions import Member, Role, System

NORTHLIGHT = UUID("0aa00000-0000-7000-8000-000000000001")
REDSHIFT = UUID("0bb00000-0000-7000-8000-000000000001")

PASSWORD_HASH = "$argon2id$not-a-real-hash"


def _person(number: int, org_id: UUID, name: str, role: Role) -> Member:
    return Member(
        user_id=UUID(int=org_id.int + number),
        org_id=org_id,
        membership_id=UUID(int=org_id.int + 0x100 + number),
        role=role,
        name=name,
        ip="192.0.2.1",
        user_agent="pytest",
        is_confirmed=True,
    )


olivia = _person(0x11, NORTHLIGHT, "Olivia Owner", Role.OWNER)
adam = _person(0x12, NORTHLIGHT, "Adam Admin", Role.ADMIN)
mia = _person(0x13, NORTHLIGHT, "Mia Member", Role.MEMBER)
victor = _person(0x14, NORTHLIGHT, "Victor Viewer", Role.VIEWER)
rita = _person(0x11, REDSHIFT, "Rita Rival", Role.OWNER)

northlight = System(NORTHLIGHT, "test")
redshift = System(REDSHIFT, "test")


@dataclass(frozen=True)
class Person:
    """Somebody without an account."""

    name: str
    email: str


clara = Person("Clara Client", "clara@brightfoods.test")


def email_of(member: Member) -> str:
    return (
        f"{member.name.split()[0].lower()}@{'northlight' if member.org_id == NORTHLIGHT else 'redshift'}.test"
    )


def enter() -> None:
    """Put both agencies and their people into the database."""
    _found(northlight, "Northlight", [olivia, adam, mia, victor])
    _found(redshift, "Redshift", [rita])


def _found(actor: System, name: str, people: list[Member]) -> None:
    with unit_of_work(actor) as work:
        work.db.add(Org(id=actor.org_id, slug=name.lower(), name=name, default_currency="EUR"))
        for person in people:
            work.db.execute(
                text("SELECT gate_register(:id, :email, :name, :hash)"),
                {"id": person.user_id, "email": email_of(person), "name": person.name, "hash": PASSWORD_HASH},
            )
            work.db.execute(text("SELECT gate_email_verified(:id)"), {"id": person.user_id})
            work.db.add(
                Membership(
                    id=person.membership_id, org_id=actor.org_id, user_id=person.user_id, role=person.role
                )
            )
