"""One client: the people there, and whether it is kept, archived, or a part of another one."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import clients
from contractflow.services.clients import ClientChoice, ClientPage, ContactRow
from contractflow.state.base import ActingState, as_id
from contractflow.state.clients import client_facts
from contractflow.web import commands as ui
from contractflow.web.policy import policy

NOBODY = ContactRow("", "", "", "", is_primary=False)


class ClientState(ActingState, rx.State):
    page: ClientPage = ClientPage()
    others: list[ClientChoice] = []
    editing: ContactRow = NOBODY
    dialog: str = ""
    is_loaded: bool = False
    is_missing: bool = False

    @rx.event
    @policy(P.CLIENT_READ)
    async def load(self):
        if self.page.id != self._address("client_id"):
            self.reset()
        self.page = await self._look_up(clients.one, self._id()) or ClientPage()
        self.is_loaded, self.is_missing = True, not self.page.id

    @rx.event
    @policy(P.CLIENT_WRITE)
    async def show_form(self, contact_id: str):
        """The form of a contact; of a new one without an id."""
        found = [row for row in self.page.contacts if row.id == contact_id]
        self.editing, self.dialog, self.errors = found[0] if found else NOBODY, "contact", {}

    @rx.event
    @policy(P.CLIENT_READ)
    async def show_edit(self):
        self.page = await self._perform(
            clients.one, self._id()
        )  # not over what a colleague changed meanwhile
        self.dialog, self.errors = "client", {}

    @rx.event
    @policy(P.CLIENT_WRITE)
    async def change(self, form: dict[str, str]):
        await self._submit(clients.change, self._id(), client_facts(form))
        self.dialog = "client" if self.errors else ""
        return None if self.errors else self._done("Client changed.")

    @rx.event
    @policy(P.CLIENT_READ)
    async def show_merge(self):
        choices = await self._perform(clients.choices)
        self.others = [one for one in choices if one.value != self.page.id]
        self.dialog, self.errors = "merge", {}

    @rx.event
    @policy(P.CLIENT_WRITE)
    async def close(self, is_open: bool):
        self.dialog = self.dialog if is_open else ""

    @rx.event
    @policy(P.CLIENT_WRITE)
    async def save_contact(self, form: dict[str, str]):
        if self.dialog != "contact":  # the second click of a double click
            return None
        words = {name: str(form.get(f"contact_{name}", "")) for name in ("name", "email", "title")}
        known = self.editing.id
        verb = clients.change_contact if known else clients.add_contact
        await self._submit(verb, as_id(known, "contact") if known else self._id(), **words)
        self.dialog = "contact" if self.errors else ""
        return None if self.errors else self._done("Contact changed." if known else "Contact added.")

    @rx.event
    @policy(P.CLIENT_WRITE)
    async def make_primary(self, contact_id: str):
        await self._perform(clients.make_primary, as_id(contact_id, "contact"))
        return self._done("This contact signs and pays from now on.")

    @rx.event
    @policy(P.CLIENT_WRITE)
    async def remove_contact(self, contact_id: str):
        await self._perform(clients.remove_contact, as_id(contact_id, "contact"))
        return self._done("Contact removed.")

    @rx.event
    @policy(P.CLIENT_WRITE)
    async def archive(self):
        await self._perform(clients.archive, self._id())
        return self._done("Archived. You find it under Clients › Archived.")

    @rx.event
    @policy(P.CLIENT_WRITE)
    async def restore(self):
        await self._perform(clients.restore, self._id())
        return self._done("Restored.")

    @rx.event
    @policy(P.CLIENT_WRITE)
    async def merge(self, form: dict[str, str]):
        into = str(form.get("into", ""))
        await self._submit(clients.merge, self._id(), into)
        self.dialog = "merge" if self.errors else ""
        done = [ui.toast("Merged. Both are on one page now.", "success"), rx.redirect(f"/clients/{into}")]
        return None if self.errors else done

    def _id(self):
        return as_id(self._address("client_id"), "client")

    def _done(self, words: str):
        return [ui.toast(words, "success"), ClientState.load]
