"""What goes wrong next: `POST /faults` queues it, a stand-in takes it.

    curl -d '{"gemini": ["500", {"kind": "hang", "seconds": 3}], "smtp": ["temporary"]}' …/faults

A list replaces what was queued for that vendor (an empty one clears it). A plain word is short for {"kind": word}.
What each vendor understands stands beside its stand-in.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

VENDORS = ("gemini", "openai", "paddle", "turnstile", "smtp", "hooks", "slack")

_queued: dict[str, list[dict[str, Any]]] = {vendor: [] for vendor in VENDORS}


def take(vendor: str, *kinds: str, **facts: str) -> dict[str, Any]:
    """The next thing that shall go wrong for `vendor`, removed from its list; {} when all is well.

    `kinds` limits it to what the caller can do; a fault that names a fact (`{"event": "transaction.paid"}`)
    waits for a call with the same one.
    """
    for position, fault in enumerate(_queued[vendor]):
        fits = not kinds or fault["kind"] in kinds
        if fits and all(fault.get(name, value) == value for name, value in facts.items()):
            return _queued[vendor].pop(position)
    return {}


def put(wanted: dict[str, list[Any]]) -> None:
    """Replace the lists of the vendors named in `wanted`. Raises ValueError for what is not understood."""
    for vendor, faults in wanted.items():
        if vendor not in VENDORS or not isinstance(faults, list):
            raise ValueError(f"{vendor!r} must be one of {', '.join(VENDORS)}, with a list")
    for vendor, faults in wanted.items():
        _queued[vendor] = [fault if isinstance(fault, dict) else {"kind": str(fault)} for fault in faults]


async def _set(request: Request) -> Response:
    try:
        put(await request.json())
    except (ValueError, AttributeError) as wrong:
        return JSONResponse({"error": str(wrong)}, 400)
    return JSONResponse(_queued)


async def _show(_request: Request) -> Response:
    return JSONResponse(_queued)


routes = [Route("/faults", _set, methods=["POST"]), Route("/faults", _show)]
