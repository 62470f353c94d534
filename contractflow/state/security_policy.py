"""Settings › Security: what the organisation asks of everybody's sign-in."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import factors
from contractflow.services.factors import PolicyPage
from contractflow.state.base import ActingState
from contractflow.web import commands as ui
from contractflow.web.policy import policy


class SecurityPolicyState(ActingState, rx.State):
    page: PolicyPage = PolicyPage()

    @rx.event
    @policy(P.ORG_READ)
    async def load(self):
        self.page = await self._perform(factors.policy_page)

    @rx.event
    @policy(P.SECURITY_POLICY_MANAGE)
    async def require(self, is_required: bool):
        await self._submit(factors.require_of_everybody, is_required=bool(is_required))
        if self.errors:
            return None
        return [
            ui.toast("Saved. It holds from everybody's next page on.", "success"),
            SecurityPolicyState.load,
        ]
