"""The words every provider speaks: an order, the pieces of an answer, and what can go wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from typing import Literal, Protocol

from contractflow.integrations.ai.brief import Brief


class Trouble(StrEnum):
    """Why a provider did not deliver, and thereby what to do about it."""

    AUTH = "auth"
    QUOTA = "quota"
    RATE = "rate_limited"
    OVERLOAD = "overloaded"
    CONNECT = "no_connection"
    NETWORK = "connection_lost"
    PROTOCOL = "garbled"
    FIRST_TEXT = "slow_start"
    IDLE = "went_quiet"
    TRUNCATED = "cut_off"
    BLOCKED = "declined"
    BAD_REQUEST = "bad_request"
    DEADLINE = "too_long"


T = Trouble
WORTH_ONE_RETRY = frozenset({T.CONNECT, T.NETWORK, T.OVERLOAD, T.PROTOCOL})
"""Ask the same provider once more, as long as nobody has seen any text."""
HOPELESS = frozenset({T.AUTH, T.QUOTA})
"""A human has to do something: do not ask again for ten minutes."""
COUNTED = HOPELESS | {T.RATE, T.OVERLOAD, T.CONNECT, T.NETWORK, T.FIRST_TEXT, T.IDLE, T.TRUNCATED, T.PROTOCOL}
"""Says something about the provider's health; the rest says something about this order."""


@dataclass(frozen=True)
class Attempt:
    """One line of the record: who was asked, how it ended ("ok", "skipped", "interrupted" or the trouble), at what cost.

    Tokens are None when the vendor did not say.
    """

    provider: str
    model: str
    outcome: str
    started_at: datetime
    ended_at: datetime
    first_text_ms: int | None = None
    shown: int = 0
    tokens_in: int | None = None
    tokens_out: int | None = None


class ProviderError(Exception):
    """`detail` is for our log, never for a screen; `retry_after` in seconds, 0 when the vendor did not say."""

    def __init__(self, trouble: Trouble, detail: str = "", retry_after: float = 0) -> None:
        super().__init__(f"{trouble}: {detail[:300]}")
        self.trouble = trouble
        self.retry_after = retry_after


@dataclass(frozen=True)
class Rewrite:
    """One clause to be written anew: its Markdown as it is, and the wish ("stricter", or a person's own words)."""

    md: str
    wish: str


@dataclass(frozen=True)
class Order:
    """What is to be written. `brief` (and `rewrite`) are what the clause library works from when no AI answers.

    `template` is the name and number of the prompt, which every attempt's record keeps.
    """

    instructions: str
    request: str
    brief: Brief
    template: str
    max_tokens: int = 8192
    rewrite: Rewrite | None = None


@dataclass(frozen=True)
class Done:
    """The answer ended on purpose: complete ("stop") or at the token limit ("length")."""

    finish: Literal["stop", "length"]
    model: str
    tokens_in: int | None = None
    tokens_out: int | None = None


class Sign(Enum):
    ALIVE = "alive"
    """The provider is at work (thinking, opening the answer) but has sent no text."""


Piece = str | Done | Sign


@dataclass(frozen=True)
class Timers:
    """Seconds. `first_event` between signs of life before the first text, `first_text` for all of them together."""

    connect: float = 5
    first_event: float = 20
    first_text: float = 60
    idle: float = 15
    total: float = 180


class Provider(Protocol):
    """Yields text as it comes, then exactly one Done; raises ProviderError and nothing else of its own."""

    name: str
    model: str

    def stream(self, order: Order) -> AsyncIterator[Piece]: ...

    async def close(self) -> None: ...
