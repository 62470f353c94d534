"""What each role may do."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import roles
from contractflow.services.roles import GrantGroup
from contractflow.state.base import ActingState
from contractflow.web.policy import policy


class RolesState(ActingState, rx.State):
    groups: list[GrantGroup] = []
    is_loaded: bool = False

    @rx.event
    @policy(P.MEMBER_READ)
    async def load(self):
        self.groups, self.is_loaded = await self._perform(roles.page), True
