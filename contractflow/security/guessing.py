"""Wrong passwords: how many are too many, and from when on a form has to show that a person sends it.

A browser that somebody has signed in from has a budget of its own for that account; everybody else has one for the
account and their network together. So whoever tries an account's passwords uses up their own tries and nobody else's.
An address without an account is counted like any other. What is spread over many networks is met by the robot check.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from contractflow.errors import TooMany
from contractflow.security import rate_limits
from contractflow.security.rate_limits import Charge

CHECK_AFTER_OWN = 3
CHECK_AFTER_SHARED = 10


@dataclass(frozen=True)
class Attempt:
    """`device` is the browser's id when it knows one of those who have or claim the address, otherwise empty."""

    email: str
    network: str
    device: str = ""

    @property
    def budget(self) -> Charge:
        email = self.email.strip()
        if self.device:
            return rate_limits.WRONG_IN_OWN_BROWSER.of(f"{self.device}\x00{email}")
        return rate_limits.WRONG_ELSEWHERE.of(f"{self.network}\x00{email}")

    @property
    def shared(self) -> tuple[Charge, Charge]:
        """Counted for everybody's wrong passwords; they refuse nobody."""
        return (
            rate_limits.WRONG_FOR_ACCOUNT.of(self.email.strip()),
            rate_limits.WRONG_FROM_NETWORK.of(self.network),
        )


async def is_suspicious(attempt: Attempt) -> bool:
    """Whether a robot check is due first. A browser of one's own is judged by its own tries alone."""
    own, *shared = await rate_limits.used(attempt.budget, *attempt.shared)
    return own >= CHECK_AFTER_OWN or (not attempt.device and max(shared) >= CHECK_AFTER_SHARED)


async def begin(attempt: Attempt) -> None:
    """Take a try before the password is looked at, so that parallel ones are counted. Raises TooMany."""
    await rate_limits.hit(attempt.budget)


async def failed(attempt: Attempt) -> None:
    for charge in attempt.shared:
        with suppress(TooMany):  # counted far enough
            await rate_limits.hit(charge)


async def succeeded(attempt: Attempt) -> None:
    await rate_limits.forgive(attempt.budget)


@dataclass(frozen=True)
class CodeAttempt:
    """A code after the right password, or in a session. `device` is the browser's id when the person has signed in from it.

    Whoever knows the password uses up tries elsewhere, never those of the person's own browsers. All others together
    have a ceiling: a code has six digits, and networks are cheap.
    """

    person: str
    network: str
    device: str = ""

    @property
    def budget(self) -> Charge:
        if self.device:
            return rate_limits.CODES_IN_OWN_BROWSER.of(f"{self.device}\x00{self.person}")
        return rate_limits.CODES_ELSEWHERE.of(f"{self.network}\x00{self.person}")

    @property
    def charges(self) -> tuple[Charge, ...]:
        ceiling = rate_limits.CODES_FOR_ACCOUNT.of(self.person)
        return (self.budget,) if self.device else (self.budget, ceiling)


async def begin_code(attempt: CodeAttempt) -> None:
    """Take a try before the code is looked at. Raises TooMany."""
    await rate_limits.hit(*attempt.charges)


async def failed_code(attempt: CodeAttempt) -> bool:
    """Count a wrong one, wherever it was typed; whether it is time to tell the person."""
    wrong = rate_limits.WRONG_CODES.of(attempt.person)
    try:
        await rate_limits.hit(wrong)
    except TooMany:
        return False
    return (await rate_limits.used(wrong))[0] == wrong.limit.times


async def succeeded_code(attempt: CodeAttempt) -> None:
    await rate_limits.forgive(attempt.budget)
