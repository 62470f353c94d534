"""A new document: client, kind, brief, price and payment plan on one page."""

from dataclasses import replace
from uuid import uuid4

import reflex as rx

from contractflow.content import typed_plan
from contractflow.content.typed_plan import Balance, TypedRow
from contractflow.permissions import Permission as P
from contractflow.services import clients, documents
from contractflow.services.clients import ClientChoice
from contractflow.services.documents import Brief, NewDocument
from contractflow.state.base import ActingState
from contractflow.web.policy import policy

DEPOSIT_PERCENT = 40


class NewDocumentState(ActingState, rx.State):
    clients: list[ClientChoice] = []
    client_id: str = ""
    currency: str = "EUR"
    total: str = ""
    plan: list[TypedRow] = []
    balance: Balance = Balance("Enter the total first.", False)
    is_loaded: bool = False
    is_busy: bool = False
    _key: str = ""

    @rx.event
    @policy(P.DOCUMENT_CREATE)
    async def load(self):
        self.clients = await self._perform(clients.choices)
        self.plan, self.total, self.errors, self._key = [], "", {}, str(uuid4())
        known, wanted = [c.value for c in self.clients], self.router.url.query_parameters.get("client", "")
        self._choose(wanted if wanted in known else known[0] if len(known) == 1 else "")
        self.is_loaded, self.is_busy = True, False

    @rx.event
    @policy(P.DOCUMENT_CREATE)
    async def choose_client(self, client_id: str):
        self._choose(client_id)

    @rx.event
    @policy(P.DOCUMENT_CREATE)
    async def choose_currency(self, currency: str):
        self.currency = currency
        self._weigh()

    @rx.event
    @policy(P.DOCUMENT_CREATE)
    async def price(self, total: str):
        """A first plan comes with the first total; later ones leave what was typed alone."""
        self.total = total[:40]
        if not self.plan:
            self.plan = typed_plan.suggest(self.total, self.currency, DEPOSIT_PERCENT)
        self._weigh()

    @rx.event
    @policy(P.DOCUMENT_CREATE)
    async def split(self, percent: int):
        self.plan = typed_plan.suggest(self.total, self.currency, int(percent))
        self._weigh()

    @rx.event
    @policy(P.DOCUMENT_CREATE)
    async def change_row(self, key: str, name: str, value: str):
        if name in ("label", "amount", "on", "date"):
            self.plan = [replace(row, **{name: value[:200]}) if row.key == key else row for row in self.plan]
            self._weigh()

    @rx.event
    @policy(P.DOCUMENT_CREATE)
    async def add_row(self):
        if len(self.plan) < typed_plan.MOST_TYPED:
            self.plan = [*self.plan, TypedRow(f"p{uuid4().hex[:8]}", "Milestone", "", "manual")]
            self._weigh()

    @rx.event
    @policy(P.DOCUMENT_CREATE)
    async def remove_row(self, key: str):
        self.plan = [row for row in self.plan if row.key != key]
        self._weigh()

    @rx.event
    @policy(P.DOCUMENT_CREATE)
    async def create(self, form: dict[str, str]):
        document_id = await self._submit(documents.create, _read(form, self), idempotency_key=self._key)
        return rx.redirect(f"/documents/{document_id}") if document_id else None

    def _choose(self, client_id: str):
        self.client_id = client_id
        self.currency = next((c.currency for c in self.clients if c.value == client_id), self.currency)
        self._weigh()

    def _weigh(self):
        self.balance = typed_plan.balance(self.plan, self.total, self.currency)


def _read(form: dict[str, str], page: NewDocumentState) -> NewDocument:
    words = {
        name: str(form.get(name, ""))
        for name in (
            "kind",
            "title",
            "scope",
            "term",
            "tone",
            "length",
            "must_haves",
            "jurisdiction",
            "variables",
        )
    }
    brief = Brief(
        scope=words["scope"],
        term=words["term"],
        tone=words["tone"] or "plain",
        must_haves=[line.strip() for line in words["must_haves"].splitlines() if line.strip()],
        jurisdiction=words["jurisdiction"],
        length=words["length"] or "standard",
        variables=words["variables"],
    )
    return NewDocument(
        page.client_id, words["kind"], words["title"], brief, page.currency, page.total, page.plan
    )
