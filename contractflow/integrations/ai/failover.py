"""One text out of several providers: in order, each with its chance, never two of them in one text.

Before the first word a provider that fails is passed over in silence. After it, the next one starts again from
the beginning, and the reader is told: a contract stitched together from two models could contradict itself.
The last provider is the clause library, which does not fail.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Protocol

from contractflow.broker.breaker import Breaker
from contractflow.integrations.ai.words import (
    COUNTED,
    HOPELESS,
    WORTH_ONE_RETRY,
    Attempt,
    Done,
    Order,
    Provider,
    ProviderError,
    Sign,
    Timers,
    Trouble,
)

log = logging.getLogger(__name__)

LABELS = {"gemini": "Gemini", "openai": "OpenAI", "placeholder": "the clause library"}
# fmt: off
CAUSES = {
    Trouble.AUTH:        "did not accept our key",
    Trouble.QUOTA:       "has no quota left",
    Trouble.RATE:        "is busy",
    Trouble.OVERLOAD:    "is overloaded",
    Trouble.CONNECT:     "cannot be reached",
    Trouble.NETWORK:     "lost the connection",
    Trouble.PROTOCOL:    "sent something unreadable",
    Trouble.FIRST_TEXT:  "did not begin in time",
    Trouble.IDLE:        "went quiet",
    Trouble.TRUNCATED:   "broke off",
    Trouble.BLOCKED:     "declined to go on",
    Trouble.BAD_REQUEST: "refused the order",
    Trouble.DEADLINE:    "took too long",
}
# fmt: on
PAUSE = (0.2, 0.6)
"""Seconds before the one quick retry."""
LAST_SECONDS = 60
"""What the last provider gets, whatever the others have used up."""


class Screen(Protocol):
    """Where the text appears (a DraftWriter). `begin` replaces what was there; `note` says why."""

    def begin(self, provider: str, note: str = "") -> None: ...

    def write(self, text: str) -> None: ...


@dataclass(frozen=True)
class Outcome:
    provider: str
    model: str
    text: str
    finish: Literal["stop", "length"]
    attempts: tuple[Attempt, ...]


async def generate(
    order: Order,
    providers: Sequence[Provider],
    screen: Screen,
    *,
    breaker: Breaker | None = None,
    timers: Timers | None = None,
    note: str = "",
    attempts: list[Attempt] | None = None,
) -> Outcome:
    """Write `order` to `screen` and return the text. `note` goes out with the first text (after a restart).

    Whoever was asked stands in `attempts` as soon as it is over, also when the whole is cancelled or fails.
    Raises ProviderError only when the last provider fails as well.
    """
    telling = _Telling(order, screen, breaker, timers or Timers(), note)
    telling.attempts = [] if attempts is None else attempts
    for provider in providers:
        is_last = provider is providers[-1]
        if is_last or await telling.may_ask(provider):
            outcome = await telling.ask(provider, is_last=is_last)
            if outcome:
                return outcome
    raise ProviderError(Trouble.OVERLOAD, "nobody answered")


class _Telling:
    """One order being tried: whom we asked, what the reader has been told, how much time is left."""

    def __init__(
        self, order: Order, screen: Screen, breaker: Breaker | None, timers: Timers, note: str
    ) -> None:
        self.order, self.screen, self.breaker, self.timers, self.note = order, screen, breaker, timers, note
        self.attempts: list[Attempt] = []
        self.deadline = asyncio.get_running_loop().time() + timers.total

    async def may_ask(self, provider: Provider) -> bool:
        if self.breaker is None or await self.breaker.allows(provider.name):
            return True
        now = datetime.now(UTC)
        self.attempts.append(Attempt(provider.name, provider.model, "skipped", now, now))
        return False

    async def ask(self, provider: Provider, *, is_last: bool) -> Outcome | None:
        for chance in (1, 2):
            run = _Run(provider, self.screen, self.note)
            deadline = run.started + LAST_SECONDS if is_last else self.deadline
            try:
                problem = await run.attempt(self.order, self.timers, deadline)
            except asyncio.CancelledError:
                self.attempts.append(run.record("interrupted"))
                raise
            self.attempts.append(run.record(str(problem.trouble) if problem else "ok"))
            if not is_last:
                await _report(self.breaker, provider, problem)
            if problem is None:
                return run.outcome(tuple(self.attempts))
            log.warning("%s did not deliver, %d characters shown: %s", provider.name, len(run.text), problem)
            if run.text:
                self.note = (
                    f"{_label(provider)} {CAUSES[problem.trouble]}. Starting again from the beginning."
                )
            if chance == 2 or run.text or problem.trouble not in WORTH_ONE_RETRY:
                return None
            await asyncio.sleep(random.uniform(*PAUSE))  # noqa: S311  jitter, not a secret
        return None


class _Run:
    """One provider having one go."""

    def __init__(self, provider: Provider, screen: Screen, note: str) -> None:
        self.provider, self.screen, self.note = provider, screen, note
        self.text = ""
        self.done: Done | None = None
        self.started, self.started_at = asyncio.get_running_loop().time(), datetime.now(UTC)
        self._first_text_ms: int | None = None

    async def attempt(self, order: Order, timers: Timers, deadline: float) -> ProviderError | None:
        """Let the provider write until it is done or a timer runs out; the reason when it did not finish."""
        now = asyncio.get_running_loop().time
        try:
            async with asyncio.timeout_at(min(now() + timers.first_event, deadline)) as limit:
                async for piece in self.provider.stream(order):
                    if isinstance(piece, Done):
                        self.done = piece
                    elif piece is not Sign.ALIVE:
                        self._show(piece)
                    limit.reschedule(min(self._next_limit(timers), deadline))
        except ProviderError as problem:
            return problem
        except TimeoutError:
            return ProviderError(self._which_timer(deadline), self.provider.name)
        return None if self.done else ProviderError(Trouble.TRUNCATED, "no end")

    def record(self, outcome: str) -> Attempt:
        return Attempt(
            self.provider.name,
            self.provider.model,
            outcome,
            self.started_at,
            max(datetime.now(UTC), self.started_at),  # clocks may be set back
            first_text_ms=self._first_text_ms,
            shown=len(self.text),
            tokens_in=self.done.tokens_in if self.done else None,
            tokens_out=self.done.tokens_out if self.done else None,
        )

    def outcome(self, attempts: tuple[Attempt, ...]) -> Outcome:
        finish = self.done.finish if self.done else "stop"
        return Outcome(self.provider.name, self.provider.model, self.text, finish, attempts)

    def _show(self, text: str) -> None:
        if self._first_text_ms is None:
            self._first_text_ms = round((asyncio.get_running_loop().time() - self.started) * 1000)
            self.screen.begin(self.provider.name, self.note)
        self.text += text
        self.screen.write(text)

    def _next_limit(self, timers: Timers) -> float:
        now = asyncio.get_running_loop().time()
        if self.text:
            return now + timers.idle
        return min(now + timers.first_event, self.started + timers.first_text)

    def _which_timer(self, deadline: float) -> Trouble:
        if asyncio.get_running_loop().time() >= deadline:
            return Trouble.DEADLINE
        return Trouble.IDLE if self.text else Trouble.FIRST_TEXT


async def _report(breaker: Breaker | None, provider: Provider, problem: ProviderError | None) -> None:
    if breaker is None:
        return
    if problem is None:
        await breaker.succeeded(provider.name)
    elif problem.trouble in COUNTED:
        hopeless = problem.trouble in HOPELESS
        await breaker.failed(provider.name, is_hopeless=hopeless, retry_after=problem.retry_after)


def _label(provider: Provider) -> str:
    return LABELS.get(provider.name, provider.name)
