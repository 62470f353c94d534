"""Importing clients: a file or pasted lines, looked at before anything is added."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import clients
from contractflow.services.clients import Preview
from contractflow.state.base import ActingState
from contractflow.web import commands as ui
from contractflow.web.policy import policy


class ClientImportState(ActingState, rx.State):
    preview: Preview = Preview()
    is_loaded: bool = False
    is_previewed: bool = False
    is_done: bool = False
    _text: str = ""

    @rx.event
    @policy(P.CLIENT_WRITE)
    async def load(self):
        self.preview, self.is_previewed, self.is_done = Preview(), False, False
        self._text, self.errors, self.is_loaded = "", {}, True

    @rx.event
    @policy(P.CLIENT_WRITE)
    async def look(self, form: dict[str, str]):
        self._text = str(form.get("text", ""))
        found = await self._submit(clients.preview, self._text)
        self.preview, self.is_previewed, self.is_done = found or Preview(), found is not None, False

    @rx.event
    @policy(P.CLIENT_WRITE)
    async def take_over(self):
        if self.is_done:  # the second click of a double click
            return None
        self.preview = await self._perform(clients.import_rows, self._text)
        self.is_done = True
        added = "1 client" if self.preview.new == 1 else f"{self.preview.new} clients"
        return ui.toast(f"{added} added.", "success")
