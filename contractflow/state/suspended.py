"""What members of a suspended organisation read."""

from dataclasses import dataclass

import reflex as rx

from contractflow.web.commands import load
from contractflow.web.policy import PUBLIC, policy
from contractflow.web.principal import other_places, suspension


@dataclass(frozen=True)
class OtherPlace:
    id: str
    name: str


class SuspendedState(rx.State):
    org_name: str = ""
    reason: str = ""
    others: list[OtherPlace] = []
    """Where the person can go on meanwhile."""

    @rx.event
    @policy(PUBLIC)
    async def look(self):
        """For everybody else there is nothing to read here."""
        place = await suspension()
        if place is None:
            return load("/home")
        self.org_name, self.reason = place.org_name, place.suspended
        self.others = [OtherPlace(org_id, name) for org_id, name in (await other_places()).items()]
        return None
