"""What other people's programs are told of us: endpoints, the messages for them, the log of what came of each."""

from contractflow.services.outgoing.delivering import (
    DAYS_OF_FAILURE,
    MOST_ATTEMPTS,
    Call,
    claim,
    forget,
    settle,
)
from contractflow.services.outgoing.keeping import Made, add, change, pause, remove, resume, rotate, test
from contractflow.services.outgoing.reading import (
    AttemptRow,
    DeliveryRow,
    EndpointPage,
    EndpointRow,
    EndpointsPage,
    EventChoice,
    EventGroup,
    MessagePage,
    event_groups,
    list_page,
    message,
    one,
    with_messages,
)
from contractflow.services.outgoing.replaying import replay, replay_failed

__all__ = [
    "DAYS_OF_FAILURE",
    "MOST_ATTEMPTS",
    "AttemptRow",
    "Call",
    "DeliveryRow",
    "EndpointPage",
    "EndpointRow",
    "EndpointsPage",
    "EventChoice",
    "EventGroup",
    "Made",
    "MessagePage",
    "add",
    "change",
    "claim",
    "event_groups",
    "forget",
    "list_page",
    "message",
    "one",
    "pause",
    "remove",
    "replay",
    "replay_failed",
    "resume",
    "rotate",
    "settle",
    "test",
    "with_messages",
]
