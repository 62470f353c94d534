"""The organisation's audit log. Its filters live in the address; the proof runs beside the page."""

from urllib.parse import urlencode

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import audit
from contractflow.services.audit import AuditPage, Comparison, Standing
from contractflow.state.base import ActingState
from contractflow.web.policy import policy
from contractflow.web.proving import proof

FILTERS = ("person", "kind", "document", "since", "until")
LONGEST = 100


class AuditLogState(ActingState, rx.State):
    page: AuditPage = AuditPage()
    standing: Standing = Standing()
    wanted: dict[str, str] = dict.fromkeys(FILTERS, "")
    compared: Comparison = Comparison()
    is_loaded: bool = False
    is_older: bool = False
    proved: int = 0
    to_prove: int = 0
    """How far a proof is; 0 when none runs."""

    @rx.event
    @policy(P.AUDIT_READ)
    async def load(self):
        query = self.router.url.query_parameters
        self.wanted = {name: query.get(name, "")[:LONGEST] for name in FILTERS}
        before = query.get("before", "")
        found = await self._submit(audit.page, audit.Wanted(**self.wanted), before[:LONGEST])
        nothing = AuditPage(is_narrowed=True, people=self.page.people, can_export=self.page.can_export)
        self.page, self.is_older = found or nothing, bool(before)
        self.standing = await self._perform(audit.standing)
        self.is_loaded, self.to_prove = True, 0

    @rx.event
    @policy(P.AUDIT_READ)
    async def narrow(self, name: str, value: str):
        wanted = {key: value if key == name else self.wanted[key] for key in FILTERS}
        query = urlencode({key: words for key, words in wanted.items() if words})
        return rx.redirect(f"/settings/audit?{query}" if query else "/settings/audit", replace=True)

    @rx.event
    @policy(P.AUDIT_READ)
    async def find(self, form: dict[str, str]):
        """Enter in the one filter that is typed."""
        return AuditLogState.narrow("document", str(form.get("document", "")))

    @rx.event(background=True, supersedes=True)
    @policy(P.AUDIT_VERIFY)
    async def verify(self):
        async for proved, to_prove in proof(self._perform):
            async with self:
                self.proved, self.to_prove = proved, to_prove
        standing = await self._perform(audit.standing)
        async with self:
            self.standing = standing

    @rx.event
    @policy(P.AUDIT_VERIFY)
    async def compare(self, form: dict[str, str]):
        words = str(form.get("number", ""))[:LONGEST], str(form.get("digest", ""))[: 2 * LONGEST]
        self.compared = await self._submit(audit.compare, *words) or Comparison()
