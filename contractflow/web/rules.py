"""Who may ask for what needs no permission: the words that handlers (`policy`) and routes (`admits`) share."""

from __future__ import annotations

from enum import Enum


class Rule(Enum):
    PUBLIC = "anybody"
    SIGNED_IN = "any member"
    ENROLLING = "any member, also one who has to set up a second factor before anything else"
    SIGNER = "a client with an open portal"
    PLATFORM_ADMIN = "a platform admin; for everybody else it does not exist"


PUBLIC, SIGNED_IN, SIGNER, PLATFORM_ADMIN = Rule.PUBLIC, Rule.SIGNED_IN, Rule.SIGNER, Rule.PLATFORM_ADMIN
ENROLLING = Rule.ENROLLING
