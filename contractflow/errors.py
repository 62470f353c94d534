"""Everything that can go wrong on purpose.

AppError                the message is written for the person who reads it
├── NotFound            it is not there, or not yours (we never say which)
├── NotAllowed          your role does not reach that far
│   ├── Suspended       our own people have stopped the organisation for now; its clients go on
│   ├── ConfirmFirst    you may, once you have proved anew that it is you: a dialog asks for it, then it goes on
│   └── FactorMissing   you may, once you have a second factor: the page that sets one up is next
├── NotSignedIn         there is no session, or it has ended
│   └── PortalClosed    the same for a client: the link in the mail opens it again
├── IllegalMove         it is not in a state where that makes sense
├── Stale               somebody changed it in the meantime
├── Invalid             what was typed cannot be used; `field` names the place to say so
├── LimitReached        there are as many as there may be
│   └── PlanLimit       of what the tier holds: a larger one holds more
├── TooMany             too often in too short a time; `retry_after` says when to come back (seconds)
└── Unavailable         a vendor or one of our own servers does not answer; nothing was lost
"""

from collections.abc import Mapping
from typing import Any


class AppError(Exception):
    """An expected refusal: said to the person, never reported as a fault."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(AppError):
    def __init__(self, noun: str) -> None:
        super().__init__(f"That {noun} does not exist.")


class NotAllowed(AppError):
    pass


class Suspended(NotAllowed):
    """`reason` is what a platform admin told the members."""

    def __init__(self, org_name: str, reason: str) -> None:
        super().__init__(f"{org_name} is suspended. {reason}")
        self.org_name, self.reason = org_name, reason


class ConfirmFirst(NotAllowed):
    """`event` is what a page asked for, by name and payload: it is done once the person has confirmed."""

    event: tuple[str, Mapping[str, Any]] | None = None

    def __init__(self) -> None:
        super().__init__("Confirm that it is you first.")


class FactorMissing(NotAllowed):
    def __init__(self) -> None:
        super().__init__("Set up a second factor first.")


class NotSignedIn(AppError):
    def __init__(self, message: str = "Please sign in again.") -> None:
        super().__init__(message)


class PortalClosed(NotSignedIn):
    def __init__(self) -> None:
        super().__init__("Please open the link in your e-mail again.")


class IllegalMove(AppError):
    pass


class Stale(AppError):
    pass


class Invalid(AppError):
    """`field` is the name of the form field the message belongs to; empty means the whole form."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class LimitReached(AppError):
    pass


class PlanLimit(LimitReached):
    pass


class TooMany(AppError):
    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(AppError):
    pass
