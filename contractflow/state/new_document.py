"""A new document: client, kind, brief, price and payment plan on one page."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import uuid4

import reflex as rx

from contractflow.content import typed_plan
from contractflow.content.typed_plan import Balance, TypedRow
from contractflow.permissions import Permission as P
from contractflow.services import clients, documents, templates
from contractflow.services.clients import ClientChoice
from contractflow.services.documents import Brief, NewDocument
from contractflow.services.templates import StartingPoint, TemplateChoice
from contractflow.state.base import ActingState, as_id
from contractflow.web.policy import policy

DEPOSIT_PERCENT = 40
OF_PLAN = ("payment_plan", "total")
FIELDS = ("kind", "title", "scope", "term", "tone", "length", "must_haves", "jurisdiction", "variables")


class NewDocumentState(ActingState, rx.State):
    clients: list[ClientChoice] = []
    templates: list[TemplateChoice] = []
    start: StartingPoint = StartingPoint()
    """The template it begins with; an empty one for a blank page."""

    client_id: str = ""
    currency: str = "EUR"
    total: str = ""
    plan: list[TypedRow] = []
    balance: Balance = Balance("Enter the total first.", False)
    is_loaded: bool = False
    is_busy: bool = False
    is_change: bool = False
    """A change order to a signed document."""
    _key: str = ""
    _weighed: tuple[str, str, tuple[TypedRow, ...]] = ("", "", ())
    project_id: str = ""
    parent_id: str = ""

    @rx.event
    @policy(P.DOCUMENT_CREATE)
    async def load(self):
        self.clients = await self._perform(clients.choices)
        self.templates, self.start = await self._perform(templates.choices), StartingPoint()
        self.plan, self.total, self.errors, self._key = [], "", {}, str(uuid4())
        self._choose_place(self.router.url.query_parameters)
        self.is_loaded, self.is_busy = True, False
        return NewDocumentState.begin_with(self.router.url.query_parameters.get("template", ""))

    @rx.event
    @policy(P.TEMPLATE_READ)
    async def begin_with(self, template_id: str):
        known = template_id in {choice.value for choice in self.templates}
        chosen = await self._look_up(templates.form, as_id(template_id)) if known else None
        self.start, self.errors = chosen or StartingPoint(), {}

    @rx.event
    @policy(P.DOCUMENT_CREATE)
    async def choose_client(self, client_id: str):
        self.project_id = self.parent_id = ""  # they belong to the client that was there before
        self.is_change = False
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

    def _choose_place(self, asked: Mapping[str, str]):
        """The client, the project and what is changed, as the address names them."""
        self.project_id, self.parent_id = str(asked.get("project", "")), str(asked.get("parent", ""))
        self.is_change = bool(self.parent_id)
        wanted, known = asked.get("client", ""), [client.value for client in self.clients]
        self._choose(wanted if wanted in known else known[0] if len(known) == 1 else "")

    def _weigh(self):
        """What was wrong with the plan is said no more once it is another one."""
        plan = (self.total, self.currency, tuple(self.plan))
        if plan != self._weighed:
            self._weighed, self.balance = plan, typed_plan.balance(self.plan, self.total, self.currency)
            self.errors = {on: words for on, words in self.errors.items() if not on.startswith(OF_PLAN)}


def _read(form: dict[str, str], page: NewDocumentState) -> NewDocument:
    words = {name: str(form.get(name) or "") for name in FIELDS}  # what is not on the page comes as null
    brief = Brief(
        scope=words["scope"],
        term=words["term"],
        tone=words["tone"] or "plain",
        must_haves=[line.strip() for line in words["must_haves"].splitlines() if line.strip()],
        jurisdiction=words["jurisdiction"],
        length=words["length"] or "standard",
        variables=words["variables"],
    )
    typed = {one.name: str(form.get(f"variables.{one.name}") or "") for one in page.start.asked}
    return NewDocument(
        page.client_id, words["kind"], words["title"], brief, page.currency, page.total, page.plan,
        page.start.id, typed, page.project_id, page.parent_id,
    )  # fmt: skip
