"""People and the way in: signing up, joining, and what the door has to know about somebody."""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid, NotAllowed, NotFound
from contractflow.models.columns import uuid7
from contractflow.models.membership import Membership
from contractflow.models.org import Org
from contractflow.models.subscription import Subscription
from contractflow.permissions import Member, Role, System
from contractflow.services import tiers
from contractflow.services.identity import person_links, telling
from contractflow.services.identity.person_links import Purpose
from contractflow.services.templates.stocking import stock_new
from contractflow.services.tiers import TRIAL_DAYS, TRIAL_TIER
from contractflow.workflows.membership import MembershipStatus

EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class MembershipRow:
    org_id: UUID
    org_name: str
    membership_id: UUID
    role: Role
    user_name: str
    is_suspended: bool = False
    used_at: datetime | None = None
    """When the person was last active there, by any of their sessions."""


def sign_up(
    work: UnitOfWork, name: str, email: str, password_hash: str, agency: str, locale: str = "en"
) -> UUID:
    """A new person with a new organisation of their own, on trial. The actor is the organisation to be.

    Returns the person's id. The same happens, and is said, whether the address is somebody's already: only its mailbox
    is told. Raises Invalid for what was typed.
    """
    name, email, agency = clean_name(name, "name"), clean_email(email), clean_name(agency, "agency")
    user_id = register(work, name, email, password_hash)
    establish(work, user_id, name, agency, locale)
    _ask_to_confirm(work, user_id, name, email)
    return user_id


def establish(work: UnitOfWork, user_id: UUID, founder: str, agency: str, locale: str = "en") -> None:
    """The organisation of the actor's id, owned by that person, on trial. Raises Invalid when no address is free for it."""
    if not isinstance(work.actor, System):
        raise NotAllowed("That is not yours to do.")
    org = _with_free_slug(work, Org(id=work.actor.org_id, slug="", name=agency, locale=locale[:16]))
    membership = Membership(org_id=org.id, user_id=user_id, role=Role.OWNER)
    trial = Subscription(
        org_id=org.id,
        tier=TRIAL_TIER,
        seats=tiers.seats_of(TRIAL_TIER),
        period_start=work.now,
        trial_ends_at=work.now + timedelta(days=TRIAL_DAYS),
        next_look_at=work.now,
    )
    work.db.add_all([membership, trial])
    owner = Member(user_id, org.id, membership.id, Role.OWNER, founder)
    work.record("org:create", "org", org.id, by=owner, tier=TRIAL_TIER)
    work.db.flush()
    stock_new(work, owner)


def session_opened(work: UnitOfWork, family: UUID, user_id: UUID, org_id: UUID) -> None:
    """Enter a sign-in in the person's list of devices."""
    _call(
        work,
        "SELECT gate_session_opened(:family, :user_id, :org_id, :ip, :user_agent)",
        family=family,
        user_id=user_id,
        org_id=org_id,
        ip=getattr(work.actor, "ip", ""),
        user_agent=getattr(work.actor, "user_agent", ""),
    )


def session_ended(work: UnitOfWork, family: UUID, reason: str) -> None:
    _call(work, "SELECT gate_session_ended(:family, :reason)", family=family, reason=reason)


def memberships(work: UnitOfWork, user_id: UUID) -> list[MembershipRow]:
    """Where somebody is an active member, the oldest first."""
    rows = work.db.execute(text("SELECT * FROM gate_memberships(:user_id)"), {"user_id": user_id}).mappings()
    return [
        MembershipRow(
            row["org_id"],
            row["org_name"],
            row["membership_id"],
            Role.named(row["role"]),
            row["user_name"],
            row["is_suspended"],
            row["used_at"],
        )
        for row in rows
        if row["status"] == MembershipStatus.ACTIVE
    ]


def home_of(work: UnitOfWork, user_id: UUID) -> UUID:
    """The organisation that keeps the trail and the mails of somebody's account, also when they have left it.

    Raises NotFound for somebody who never was in one.
    """
    query = text("SELECT org_id, status FROM gate_memberships(:user_id)")
    places = work.db.execute(query, {"user_id": user_id}).all()
    if not places:
        raise NotFound("account")
    home: UUID = min(places, key=lambda place: place.status != MembershipStatus.ACTIVE).org_id
    return home


def membership(work: UnitOfWork, user_id: UUID, org_id: UUID) -> MembershipRow | None:
    """Somebody's place in one organisation, as it is now; None when they have none."""
    return next((row for row in memberships(work, user_id) if row.org_id == org_id), None)


def clean_email(email: str) -> str:
    """An address as it is stored. Raises Invalid."""
    email = email.strip().casefold()
    if len(email) > 254 or not EMAIL.fullmatch(email):
        raise Invalid("Enter an e-mail address, like name@agency.com.", "email")
    return email


def clean_name(name: str, field: str) -> str:
    """A name as it is stored: one line, no control characters. Raises Invalid for `field`."""
    name = " ".join("".join(c for c in name if c.isspace() or c.isprintable()).split())
    if not name:
        raise Invalid("Enter your agency's name." if field == "agency" else "Enter your name.", field)
    if len(name) > 120:
        raise Invalid("That is too long; 120 characters are the limit.", field)
    return name


def slug(name: str) -> str:
    """A name for addresses: lower case letters, digits and single dashes, three to forty of them."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    words = "-".join(re.findall(r"[a-z0-9]+", plain))[:34].strip("-")
    return words if len(words) >= 3 else f"agency-{words}".strip("-")


def register(work: UnitOfWork, name: str, email: str, password_hash: str) -> UUID:
    """A new person's id. The address is theirs once they have proved it, whoever else says it is."""
    user_id = uuid7()
    _call(
        work,
        "SELECT gate_register(:user_id, :email, :name, :password_hash)",
        user_id=user_id,
        email=email,
        name=name,
        password_hash=password_hash,
    )
    return user_id


def _ask_to_confirm(work: UnitOfWork, user_id: UUID, name: str, email: str) -> None:
    """Whoever has the address already reads that somebody tried; the same rows are written, in the same time."""
    kind = telling.kind_for(work, email, "verify_email")
    token_id = person_links.issue(work, Purpose.VERIFY, user_id, email)
    telling.tell(work, kind, email, str(token_id), name=name, token_id=token_id)


def _with_free_slug(work: UnitOfWork, org: Org) -> Org:
    """Save the organisation under its name, or the name and four characters when another one has it.

    Row-level security hides the others, so only the unique index can tell.
    """
    wanted = slug(org.name)
    for taken in (wanted, *(f"{wanted}-{secrets.token_hex(2)}" for _ in range(5))):
        org.slug = taken
        try:
            with work.db.begin_nested():
                work.db.add(org)
        except IntegrityError as clash:
            if "slug" not in str(clash.orig):
                raise
        else:
            return org
    raise Invalid("That agency name is taken. Add a word to it.", "agency")


def _call(work: UnitOfWork, sql: str, **values: object) -> None:
    work.db.execute(text(sql), values)
