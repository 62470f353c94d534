"""A page that is not here: whether it is in another organisation of the person's, and then which."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import orgs
from contractflow.services.orgs import Elsewhere
from contractflow.state.base import ActingState
from contractflow.web.policy import policy


class ElsewhereState(ActingState, rx.State):
    found: Elsewhere = Elsewhere()

    @rx.event
    @policy(P.ORG_READ)
    async def look(self):
        self.found = Elsewhere()
        self.found = await self._perform(orgs.elsewhere, str(self.router.url.path))

    @rx.event
    @policy(P.ORG_READ)
    async def open(self):
        """The address in a mail about an organisation: its settings, when it is the one this session is in."""
        mine = await self._perform(orgs.own)
        is_here = any(org.is_current and org.id == self._address("org_id") for org in mine)
        return rx.redirect("/settings/organisation") if is_here else None
