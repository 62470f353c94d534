"""The list of clients, and adding one with its first contact."""

from dataclasses import asdict
from urllib.parse import urlencode

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import clients
from contractflow.services.clients import ClientFacts, ClientRow, NewClient
from contractflow.state.base import ActingState
from contractflow.web import commands as ui
from contractflow.web.policy import policy


class ClientsState(ActingState, rx.State):
    rows: list[ClientRow] = []
    after: str = ""
    currency: str = ""
    text: str = ""
    archived: bool = False
    is_loaded: bool = False
    is_adding: bool = False

    @rx.event
    @policy(P.CLIENT_READ)
    async def load(self):
        self.text = self.router.url.query_parameters.get("q", "")
        self.archived = self.router.url.query_parameters.get("view") == "archived"
        page = await self._perform(clients.list_page, text=self.text, archived=self.archived)
        self.rows, self.after, self.currency, self.is_loaded = page.rows, page.after, page.currency, True

    @rx.event
    @policy(P.CLIENT_READ)
    async def more(self):
        page = await self._perform(
            clients.list_page, text=self.text, archived=self.archived, after=self.after
        )
        self.rows, self.after = [*self.rows, *page.rows], page.after

    @rx.event
    @policy(P.CLIENT_READ)
    async def search(self, text: str):
        query = {"view": "archived" if self.archived else "", "q": str(text)}
        asked = urlencode({name: value for name, value in query.items() if value})
        return rx.redirect(f"/clients?{asked}" if asked else "/clients", replace=True)

    @rx.event
    @policy(P.CLIENT_WRITE)
    async def show_form(self, is_open: bool):
        self.is_adding, self.errors = bool(is_open), {}

    @rx.event
    @policy(P.CLIENT_WRITE)
    async def add(self, form: dict[str, str]):
        if not self.is_adding:  # the second click of a double click
            return None
        client_id = await self._submit(clients.add, _new_client(form))
        if client_id is None:
            return None
        self.is_adding = False
        return [ui.toast("Client added.", "success"), rx.redirect(f"/clients/{client_id}")]


def client_facts(form: dict[str, str]) -> ClientFacts:
    """What a form says of the client itself."""
    words = {name: str(form.get(name, "")) for name in ("name", "currency", "legal_name", "address")}
    return ClientFacts(**words, is_consumer=bool(form.get("is_consumer")))


def _new_client(form: dict[str, str]) -> NewClient:
    contact = {name: str(form.get(name, "")) for name in ("contact_name", "contact_email", "contact_title")}
    return NewClient(**asdict(client_facts(form)), **contact)
