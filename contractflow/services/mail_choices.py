"""Which mails one gets: what also stands in the feed can be left to it; the rest is needed, or not for members."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final, NamedTuple
from uuid import UUID

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotAllowed, NotFound
from contractflow.models import Membership, Org
from contractflow.permissions import Permission as P
from contractflow.permissions import System
from contractflow.services.moving import locked
from contractflow.workflows.membership import MembershipStatus

NO_MAIL: Final = "no_mail"
"""In `membership.notification_prefs`: the kinds that this member gets no mail of."""


class Choice(NamedTuple):
    group: str
    words: str


# fmt: off
CHOICES: Final[dict[str, Choice]] = {
    "approval_request":  Choice("Review",     "Somebody asks me to approve a document"),
    "approval_reminder": Choice("Review",     "A document still waits for my approval"),
    "approval_waits":    Choice("Review",     "As an admin: an approval has been waiting for a week"),
    "approval_overridden":Choice("Review",    "The owner overrides an approval"),
    "approval_decided":  Choice("Review",     "A document of mine is approved"),
    "changes_requested": Choice("Review",     "Somebody asks for changes"),
    "review_ended":      Choice("Review",     "A document I was to approve is back in draft"),
    "mentioned":         Choice("Comments",   "Somebody names me in a comment"),
    "commented":         Choice("Comments",   "A colleague comments on a document of mine, or answers where I wrote"),
    "client_commented":  Choice("Comments",   "A client comments on a document of mine, or answers where I wrote"),
    "document_signed":   Choice("Signatures", "A client signs"),
    "completed":         Choice("Signatures", "Everybody has signed: the sealed PDF"),
    "declined":          Choice("Signatures", "A client declines"),
    "payment_reported":  Choice("Payments",   "A client says that a transfer is on its way"),
    "payment_arrived":   Choice("Payments",   "A payment arrives"),
    "payment_reversed":  Choice("Payments",   "A payment goes back"),
    "payment_misfit":    Choice("Payments",   "A payment does not fit its invoice"),
    "invoice_overdue":   Choice("Payments",   "An invoice is overdue"),
    "endpoint_failing":  Choice("Integrations", "A program of ours does not take a message"),
    "joined":            Choice("Team",       "Somebody I invited joins"),
}
# fmt: on


@dataclass(frozen=True)
class ChoiceRow:
    kind: str
    words: str
    by_mail: bool


@dataclass(frozen=True)
class ChoiceGroup:
    title: str
    rows: list[ChoiceRow]


@dataclass(frozen=True)
class Unsubscribing:
    org: str
    words: str
    is_done: bool


def page(work: UnitOfWork) -> list[ChoiceGroup]:
    """The table above, with what the member chose."""
    work.require(P.ORG_READ)
    without = _without(work, work.member.user_id)
    return [
        ChoiceGroup(title, [ChoiceRow(kind, CHOICES[kind].words, kind not in without) for kind in kinds])
        for title, kinds in groupby(CHOICES, key=lambda kind: CHOICES[kind].group)
    ]


def choose(work: UnitOfWork, kind: str, by_mail: bool) -> None:
    """Whether `kind` also comes by mail. Twice is once. Raises NotFound for what cannot be chosen."""
    work.require(P.ORG_READ)
    if kind not in CHOICES:
        raise NotFound("kind of notification")
    _set(work, locked(work, Membership, work.member.membership_id, "membership"), kind, by_mail)


def words_of(work: UnitOfWork, user_id: UUID, kind: str) -> Unsubscribing:
    """What the link in a mail would end, and whether it has. Raises NotFound for who is no member any more."""
    work.require(P.ORG_READ)
    if kind not in CHOICES:
        raise NotFound("kind of mail that one can do without")
    place, org = _place(work, user_id), work.db.get_one(Org, work.actor.org_id)
    return Unsubscribing(org.name, CHOICES[kind].words, kind in place.notification_prefs.get(NO_MAIL, ()))


def unsubscribe(work: UnitOfWork, user_id: UUID, kind: str) -> Unsubscribing:
    """No mails of `kind` to that member: whoever has one of theirs says so by its link. Twice is once. Raises NotFound."""
    if not isinstance(work.actor, System):
        raise NotAllowed("That is not yours to do.")
    said = words_of(work, user_id, kind)
    _set(work, locked(work, Membership, _place(work, user_id).id, "membership"), kind, by_mail=False)
    return replace(said, is_done=True)


def _place(work: UnitOfWork, user_id: UUID) -> Membership:
    query = select(Membership).where(
        col(Membership.org_id) == work.actor.org_id,
        col(Membership.user_id) == user_id,
        col(Membership.status) != MembershipStatus.REMOVED,
    )
    place = work.db.exec(query).first()
    if place is None:
        raise NotFound("member")
    return place


def _set(work: UnitOfWork, place: Membership, kind: str, by_mail: bool) -> None:
    without = set(place.notification_prefs.get(NO_MAIL, ()))
    if by_mail == (kind not in without):
        return
    without ^= {kind}
    place.notification_prefs = {**place.notification_prefs, NO_MAIL: sorted(without)}
    work.record("membership:choose_mail", "membership", place.id, kind=kind, by_mail=by_mail)


def wants_mail(work: UnitOfWork, user_id: UUID, kind: str) -> bool:
    """Whether that member gets `kind` by mail."""
    return kind not in CHOICES or kind not in _without(work, user_id)


def _without(work: UnitOfWork, user_id: UUID) -> set[str]:
    query = select(Membership.notification_prefs).where(
        col(Membership.org_id) == work.actor.org_id, col(Membership.user_id) == user_id
    )
    return set((work.db.exec(query).first() or {}).get(NO_MAIL, ()))
