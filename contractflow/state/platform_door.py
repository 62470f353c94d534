"""The door of the platform's pages: to everybody but a platform admin they do not exist."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from contractflow.state.frame import FrameState
from contractflow.web.policy import PUBLIC, policy
from contractflow.web.principal import is_admin

_behind: dict[str, Sequence[Any]] = {}


class PlatformDoorState(rx.State):
    """What anybody may ask of the pages: whether they are there for them."""

    is_known: bool = False
    is_open: bool = False

    @rx.event
    @policy(PUBLIC)
    async def look(self, route: str):
        self.is_open, self.is_known = await is_admin(), True
        return [FrameState.load, *_behind.get(route, ())] if self.is_open else []


def put_behind(route: str, events: Sequence[Any]) -> Any:
    """What loads the page at `route`: the door first, then `events`, which ask for a platform admin each by itself."""
    _behind[route] = events
    return PlatformDoorState.look(route)
