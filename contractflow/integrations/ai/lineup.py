"""Who is asked, in which order: Gemini, OpenAI, and the clause library last. A vendor without a key is left out."""

from __future__ import annotations

import asyncio
from weakref import WeakKeyDictionary

from contractflow.config import settings
from contractflow.integrations.ai.placeholder import Placeholder
from contractflow.integrations.ai.words import Provider, Timers

_lineups: WeakKeyDictionary[asyncio.AbstractEventLoop, list[Provider]] = WeakKeyDictionary()


def providers() -> list[Provider]:
    """The providers of this event loop; their clients keep connections and are costly to make."""
    loop = asyncio.get_running_loop()
    if loop not in _lineups:
        _lineups[loop] = _make()
    return _lineups[loop]


def timers() -> Timers:
    """How long they are waited for."""
    known = settings()
    return Timers(
        connect=known.ai_connect_seconds,
        first_event=known.ai_first_event_seconds,
        first_text=known.ai_first_text_seconds,
        idle=known.ai_idle_seconds,
        total=known.ai_total_seconds,
    )


async def close() -> None:
    """Close the connections of this event loop's providers."""
    for provider in _lineups.pop(asyncio.get_running_loop(), []):
        await provider.close()


def _make() -> list[Provider]:
    chosen = settings()
    found: list[Provider] = []
    # Each SDK takes half a second and more to import: nobody pays for a vendor without a key.
    if chosen.gemini_api_key:
        from contractflow.integrations.ai.gemini import Gemini  # noqa: PLC0415

        key = chosen.gemini_api_key.get_secret_value()
        found.append(Gemini(key, chosen.gemini_model, base_url=chosen.gemini_base_url, timers=timers()))
    if chosen.openai_api_key:
        from contractflow.integrations.ai.openai import OpenAI  # noqa: PLC0415

        key = chosen.openai_api_key.get_secret_value()
        found.append(OpenAI(key, chosen.openai_model, base_url=chosen.openai_base_url, timers=timers()))
    return [*found, Placeholder(chosen.placeholder_seconds)]
