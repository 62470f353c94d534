"""Where an organisation has its events sent: paused by hand, or by us when nobody answered for days."""

from enum import StrEnum

from contractflow.permissions import Permission as P
from contractflow.permissions import System
from contractflow.workflows.machine import Move, Workflow


class EndpointStatus(StrEnum):
    """A removed endpoint's row stays for its log, without its address and its secret."""

    ACTIVE = "active"
    PAUSED = "paused"
    REMOVED = "removed"


E = EndpointStatus

# fmt: off
ENDPOINT = Workflow("endpoint", "endpoint", "status", "endpoint", initial=E.ACTIVE, moves=[
    #    verb         from                     to            who may
    Move("pause",     E.ACTIVE,                E.PAUSED,     P.INTEGRATION_MANAGE),
    Move("resume",    E.PAUSED,                E.ACTIVE,     P.INTEGRATION_MANAGE),
    Move("give_up",   E.ACTIVE,                E.PAUSED,     System),
    Move("remove",    (E.ACTIVE, E.PAUSED),    E.REMOVED,    P.INTEGRATION_MANAGE),
])
# fmt: on
