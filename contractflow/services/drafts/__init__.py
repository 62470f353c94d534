"""AI drafts: ordering and stopping (people), writing (workers), finding what nobody works on (the scheduler)."""

from contractflow.services.drafts.ordering import request
from contractflow.services.drafts.reading import DraftRow, LiveDraft, live, of_document
from contractflow.services.drafts.rewrite_rows import (
    WISHES,
    LiveRewrite,
    RewriteRow,
    Rewrites,
    live_rewrites,
    rewrites,
)
from contractflow.services.drafts.rewriting import accept, discard, rewrite
from contractflow.services.drafts.stopping import interrupted, stop
from contractflow.services.drafts.suggesting import SuggestionRow, add_clause, suggestions
from contractflow.services.drafts.writing import (
    Beat,
    Claim,
    claim,
    finish,
    hand_back,
    heartbeat,
    retry_later,
    wake,
)

__all__ = [
    "WISHES",
    "Beat",
    "Claim",
    "DraftRow",
    "LiveDraft",
    "LiveRewrite",
    "RewriteRow",
    "Rewrites",
    "SuggestionRow",
    "accept",
    "add_clause",
    "claim",
    "discard",
    "finish",
    "hand_back",
    "heartbeat",
    "interrupted",
    "live",
    "live_rewrites",
    "of_document",
    "request",
    "retry_later",
    "rewrite",
    "rewrites",
    "stop",
    "suggestions",
    "wake",
]
