"""One client: its contacts and its documents."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import clients
from contractflow.services.clients import ClientPage
from contractflow.state.base import ActingState, as_id
from contractflow.web import commands as ui
from contractflow.web.policy import policy


class ClientState(ActingState, rx.State):
    page: ClientPage = ClientPage()
    is_loaded: bool = False
    is_missing: bool = False
    is_adding: bool = False

    @rx.event
    @policy(P.CLIENT_READ)
    async def load(self):
        self.page = (
            await self._look_up(clients.one, as_id(self._address("client_id"), "client")) or ClientPage()
        )
        self.is_loaded, self.is_missing = True, not self.page.id

    @rx.event
    @policy(P.CLIENT_WRITE)
    async def show_form(self, is_open: bool):
        self.is_adding, self.errors = bool(is_open), {}

    @rx.event
    @policy(P.CLIENT_WRITE)
    async def add_contact(self, form: dict[str, str]):
        words = {name: str(form.get(f"contact_{name}", "")) for name in ("name", "email", "title")}
        client_id = as_id(self._address("client_id"), "client")
        # Closed already: the second click of a double click.
        if not self.is_adding or await self._submit(clients.add_contact, client_id, **words) is None:
            return None
        self.is_adding = False
        return [ui.toast("Contact added.", "success"), ClientState.load]
