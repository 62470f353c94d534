"""A signer's way through one document: invited, looked, signed or not."""

from enum import StrEnum

from contractflow.permissions import Permission as P
from contractflow.permissions import Signer, System
from contractflow.workflows.machine import Guard, Move, Workflow


class SignerStatus(StrEnum):
    WAITING = "waiting"
    INVITED = "invited"
    VIEWED = "viewed"
    SIGNED = "signed"
    DECLINED = "declined"
    DELEGATED = "delegated"
    EXPIRED = "expired"
    REMOVED = "removed"


S = SignerStatus
has_decline_reason = Guard(
    lambda s: bool((s.decline_reason or "").strip()), "Give a reason; the other side reads it."
)

# fmt: off
SIGNER = Workflow("signer", "signer", "status", "signature request", initial=S.WAITING, moves=[
    #    verb         from                                      to           who may          only if
    Move("invite",    (S.WAITING, S.EXPIRED),                   S.INVITED,   P.DOCUMENT_SEND),
    Move("view",      S.INVITED,                                S.VIEWED,    Signer),
    Move("sign",      (S.INVITED, S.VIEWED),                    S.SIGNED,    Signer),
    Move("decline",   (S.INVITED, S.VIEWED),                    S.DECLINED,  Signer,          (has_decline_reason,)),
    Move("delegate",  (S.INVITED, S.VIEWED),                    S.DELEGATED, Signer),
    Move("expire",    (S.WAITING, S.INVITED, S.VIEWED),         S.EXPIRED,   System),
    Move("rest",      (S.INVITED, S.VIEWED, S.EXPIRED, S.DECLINED), S.WAITING, P.DOCUMENT_RECALL),
    Move("remove",    (S.WAITING, S.INVITED, S.VIEWED, S.EXPIRED), S.REMOVED, P.SIGNER_EDIT),
])
# fmt: on
