"""The people of an organisation: asking them in, what they may do, and how they go."""

from contractflow.services.members.deleting import AccountEnd, account_end, delete_account
from contractflow.services.members.inviting import INVITABLE, invite, invite_again, withdraw_invite
from contractflow.services.members.leaving import leave, reinstate, remove, suspend
from contractflow.services.members.ownership import (
    accept_ownership,
    decline_ownership,
    offer_ownership,
    withdraw_ownership,
)
from contractflow.services.members.roles import change_role
from contractflow.services.members.rows import HeirChoice, InviteRow, MemberRow, MembersPage, Offer, page

__all__ = [
    "INVITABLE",
    "AccountEnd",
    "HeirChoice",
    "InviteRow",
    "MemberRow",
    "MembersPage",
    "Offer",
    "accept_ownership",
    "account_end",
    "change_role",
    "decline_ownership",
    "delete_account",
    "invite",
    "invite_again",
    "leave",
    "offer_ownership",
    "page",
    "reinstate",
    "remove",
    "suspend",
    "withdraw_invite",
    "withdraw_ownership",
]
