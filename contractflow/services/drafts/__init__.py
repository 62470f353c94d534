"""AI drafts: ordering and stopping (people), writing (workers), finding what nobody works on (the scheduler)."""

from contractflow.services.drafts.ordering import request, stop
from contractflow.services.drafts.reading import DraftRow, LiveDraft, live, of_document
from contractflow.services.drafts.writing import (
    Beat,
    Claim,
    claim,
    finish,
    hand_back,
    heartbeat,
    interrupted,
    retry_later,
    wake,
)

__all__ = [
    "Beat",
    "Claim",
    "DraftRow",
    "LiveDraft",
    "claim",
    "finish",
    "hand_back",
    "heartbeat",
    "interrupted",
    "live",
    "of_document",
    "request",
    "retry_later",
    "stop",
    "wake",
]
