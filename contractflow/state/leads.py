"""Leads as an inbox and as a board; the view, the filter and the search live in the address."""

from urllib.parse import urlencode

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import leads
from contractflow.services.leads import Board, LeadFormPage, LeadRow
from contractflow.state.base import ActingState, as_id
from contractflow.web.policy import policy

MOVES = {"contact": leads.contact, "qualify": leads.qualify}


class LeadsState(ActingState, rx.State):
    rows: list[LeadRow] = []
    after: str = ""
    open_leads: str = ""
    response: str = ""
    board: Board = Board()
    form: LeadFormPage = LeadFormPage()
    view: str = ""
    status: str = ""
    text: str = ""
    mine: bool = False
    is_loaded: bool = False

    @rx.event
    @policy(P.LEAD_READ)
    async def load(self):
        asked = self.router.url.query_parameters
        self.view = "board" if asked.get("view") == "board" else ""
        self.status, self.text = str(asked.get("status", "")), str(asked.get("q", ""))
        self.mine = asked.get("mine") == "1"
        await self._read()
        self.form, self.is_loaded = await self._perform(leads.form_page), True

    @rx.event
    @policy(P.LEAD_READ)
    async def more(self):
        page = await self._perform(leads.list_page, **self._filter(), after=self.after)
        self.rows, self.after = [*self.rows, *page.rows], page.after

    @rx.event
    @policy(P.LEAD_READ)
    async def search(self, text: str):
        return self._go(text=str(text))

    @rx.event
    @policy(P.LEAD_READ)
    async def choose_status(self, status: str):
        return self._go(status=str(status))

    @rx.event
    @policy(P.LEAD_WRITE)
    async def move(self, lead_id: str, verb: str):
        await self._perform(MOVES.get(verb, leads.contact), as_id(lead_id, "lead"))
        await self._read()

    async def _read(self):
        page = await self._perform(leads.list_page, **self._filter())
        self.rows, self.after = page.rows, page.after
        self.open_leads, self.response = page.open_leads, page.response
        self.board = await self._perform(leads.board) if self.view else Board()

    def _filter(self):
        return {"status": self.status, "text": self.text, "mine": self.mine}

    def _go(self, **change: str):
        now = {"status": self.status, "text": self.text, "mine": "1" if self.mine else ""} | change
        query = {"status": now["status"], "q": now["text"], "mine": now["mine"]}
        asked = urlencode({name: value for name, value in query.items() if value})
        return rx.redirect(f"/leads?{asked}" if asked else "/leads", replace=True)
