"""The shelf: the list of templates and the list of clauses, and beginning a new one. Filters live in the address."""

from urllib.parse import urlencode

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import templates
from contractflow.services.templates import TemplateRow
from contractflow.state.base import ActingState
from contractflow.web import commands as ui
from contractflow.web.policy import policy

FILTERS = ("q", "status", "group")
LONGEST = 100


class TemplatesState(ActingState, rx.State):
    kind: str = "document"
    rows: list[TemplateRow] = []
    after: str = ""
    wanted: dict[str, str] = dict.fromkeys(FILTERS, "")
    is_loaded: bool = False
    is_adding: bool = False

    @rx.event
    @policy(P.TEMPLATE_READ)
    async def load(self):
        query = self.router.url.query_parameters
        self.kind = "clause" if str(self.router.url.path).startswith("/clauses") else "document"
        self.wanted = {name: query.get(name, "")[:LONGEST] for name in FILTERS}
        page = await self._page()
        self.rows, self.after, self.is_loaded, self.is_adding = page.rows, page.after, True, False

    @rx.event
    @policy(P.TEMPLATE_READ)
    async def more(self):
        page = await self._page(self.after)
        self.rows, self.after = [*self.rows, *page.rows], page.after

    @rx.event
    @policy(P.TEMPLATE_READ)
    async def narrow(self, name: str, value: str):
        wanted = {key: value[:LONGEST] if key == name else self.wanted[key] for key in FILTERS}
        query = urlencode({key: words for key, words in wanted.items() if words}, errors="replace")
        return rx.redirect(f"{self._here()}?{query}" if query else self._here(), replace=True)

    @rx.event
    @policy(P.TEMPLATE_EDIT)
    async def show_form(self, is_open: bool):
        self.is_adding, self.errors = bool(is_open), {}

    @rx.event
    @policy(P.TEMPLATE_EDIT)
    async def add(self, form: dict[str, str]):
        if not self.is_adding:  # the second click of a double click
            return None
        words = (str(form.get(name, "")) for name in ("name", "category", "about"))
        template_id = await self._submit(templates.add, self.kind, *words)
        if template_id is None:
            return None
        self.is_adding = False
        return rx.redirect(f"{self._here()}/{template_id}")

    @rx.event
    @policy(P.TEMPLATE_PUBLISH)
    async def stock(self):
        count = await self._perform(templates.stock)
        words = (
            f"{count} templates and clauses are on the shelf." if count else "Everything is there already."
        )
        return [ui.toast(words, "success"), TemplatesState.load]

    async def _page(self, after: str = ""):
        wanted = {"text": self.wanted["q"], "status": self.wanted["status"], "group": self.wanted["group"]}
        return await self._perform(templates.list_page, self.kind, **wanted, after=after)

    def _here(self):
        return "/clauses" if self.kind == "clause" else "/templates"
