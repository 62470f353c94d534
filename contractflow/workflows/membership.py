"""Somebody's place in an organisation, and the offer of the ownership, which the other one has to accept."""

from enum import StrEnum

from contractflow.permissions import Permission as P
from contractflow.permissions import Role, System
from contractflow.workflows.machine import Guard, Move, Workflow


class MembershipStatus(StrEnum):
    """A removed member's row stays: what they wrote and decided still names them."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REMOVED = "removed"


class OfferStatus(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


M, O = MembershipStatus, OfferStatus  # noqa: E741  one letter each keeps the table readable

is_not_owner = Guard(
    lambda place: place.role is not Role.OWNER,
    "An organisation has an owner. Transfer the ownership first.",
)

# fmt: off
MEMBERSHIP = Workflow("membership", "membership", "status", "member", initial=M.ACTIVE, moves=[
    #    verb         from                       to             who may            only if
    Move("suspend",   M.ACTIVE,                  M.SUSPENDED,   P.MEMBER_REMOVE,   (is_not_owner,)),
    Move("reinstate", M.SUSPENDED,               M.ACTIVE,      P.MEMBER_REMOVE),
    Move("remove",    (M.ACTIVE, M.SUSPENDED),   M.REMOVED,     P.MEMBER_REMOVE,   (is_not_owner,)),
    Move("leave",     M.ACTIVE,                  M.REMOVED,     P.ORG_READ,        (is_not_owner,)),
    Move("rejoin",    M.REMOVED,                 M.ACTIVE,      System),
])

OWNERSHIP = Workflow("ownership", "ownership_offer", "status", "offer", initial=O.OFFERED, moves=[
    #    verb         from         to             who may
    Move("accept",    O.OFFERED,   O.ACCEPTED,    P.ORG_READ),
    Move("decline",   O.OFFERED,   O.DECLINED,    P.ORG_READ),
    Move("withdraw",  O.OFFERED,   O.WITHDRAWN,   P.ORG_TRANSFER),
    Move("lapse",     O.OFFERED,   O.LAPSED,      System),
])
# fmt: on
