"""What members of a suspended organisation read."""

import reflex as rx

from contractflow.web.commands import load
from contractflow.web.policy import PUBLIC, policy
from contractflow.web.principal import suspension


class SuspendedState(rx.State):
    org_name: str = ""
    reason: str = ""

    @rx.event
    @policy(PUBLIC)
    async def look(self):
        """For everybody else there is nothing to read here."""
        place = await suspension()
        if place is None:
            return load("/home")
        self.org_name, self.reason = place.org_name, place.suspended
        return None
