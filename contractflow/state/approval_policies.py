"""Settings › Approvals: the policies in order, what everything else needs, and which policy a document would get."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import approval_policies, orgs
from contractflow.services.approval_policies import PoliciesPage, Preview
from contractflow.state.base import ActingState, as_id
from contractflow.web import commands as ui
from contractflow.web.policy import policy


class ApprovalPoliciesState(ActingState, rx.State):
    page: PoliciesPage = PoliciesPage()
    preview: Preview = Preview()
    is_loaded: bool = False

    @rx.event
    @policy(P.ORG_READ)
    async def load(self):
        self.page, self.preview = await self._perform(approval_policies.page), Preview()
        self.is_loaded = True

    @rx.event
    @policy(P.APPROVAL_POLICY_MANAGE)
    async def save_default(self, form: dict[str, str]):
        await self._perform(orgs.save_policy, approval_required=bool(form.get("approval_required")))
        return self._done("Saved. It holds for whatever is sent from now on.")

    @rx.event
    @policy(P.APPROVAL_POLICY_MANAGE)
    async def shift(self, policy_id: str, is_up: bool):
        await self._perform(approval_policies.shift, as_id(policy_id, "policy"), bool(is_up))
        return ApprovalPoliciesState.load

    @rx.event
    @policy(P.APPROVAL_POLICY_MANAGE)
    async def remove(self, policy_id: str):
        await self._perform(approval_policies.remove, as_id(policy_id, "policy"))
        return self._done("Removed. What is under review keeps its steps.")

    @rx.event
    @policy(P.DOCUMENT_READ)
    async def try_document(self, document_id: str):
        self.preview = await self._perform(approval_policies.preview, as_id(document_id, "document"))

    def _done(self, words: str):
        return [ui.toast(words, "success"), ApprovalPoliciesState.load]
