"""One integration: what it is told, whether it answers, and its log."""

import asyncio

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import outgoing
from contractflow.services.outgoing import EndpointPage, MessagePage
from contractflow.state.base import ActingState, as_id
from contractflow.state.integrations import SECRET_SINK, typed
from contractflow.web import commands as ui
from contractflow.web.policy import policy

LOOKS, PAUSE_SECONDS = 20, 0.6


class IntegrationState(ActingState, rx.State):
    page: EndpointPage = EndpointPage()
    message: MessagePage = MessagePage()
    status: str = ""
    dialog: str = ""
    is_loaded: bool = False
    is_missing: bool = False

    @rx.event
    @policy(P.INTEGRATION_MANAGE)
    async def load(self):
        found = await self._look_up(outgoing.one, self._id(), "", self.status)
        self.page, self.is_loaded, self.is_missing = found or EndpointPage(), True, found is None

    @rx.event
    @policy(P.INTEGRATION_MANAGE)
    async def narrow(self, status: str):
        self.status = status if status in ("queued", "delivered", "dead") else ""
        return IntegrationState.load

    @rx.event
    @policy(P.INTEGRATION_MANAGE)
    async def more(self):
        rows, older = (
            self.page.messages,
            await self._perform(outgoing.one, self._id(), self.page.after, self.status),
        )
        self.page = outgoing.with_messages(older, rows)

    @rx.event(background=True, supersedes=True)
    @policy(P.INTEGRATION_MANAGE)
    async def watch(self):
        """What was sent a moment ago arrives while one looks."""
        for _ in range(LOOKS):
            await asyncio.sleep(PAUSE_SECONDS)
            found = await self._perform(outgoing.one, self._id(), "", self.status)
            async with self:
                self.page = found
            if not found.is_moving:
                return

    @rx.event
    @policy(P.INTEGRATION_MANAGE)
    async def show(self, delivery_id: str):
        self.message = await self._perform(outgoing.message, as_id(delivery_id, "message"))
        self.dialog = "message"

    @rx.event
    @policy(P.INTEGRATION_MANAGE)
    async def ask(self, dialog: str):
        self.dialog, self.errors = dialog, {}

    @rx.event
    @policy(P.INTEGRATION_MANAGE)
    async def close(self, is_open: bool):
        self.dialog = self.dialog if is_open else ""

    @rx.event
    @policy(P.INTEGRATION_MANAGE)
    async def save(self, form: dict[str, str]):
        await self._submit(outgoing.change, self._id(), **typed(form))
        return None if self.errors else self._done("Saved.")

    @rx.event
    @policy(P.INTEGRATION_MANAGE)
    async def test(self):
        await self._perform(outgoing.test, self._id())
        return [*self._done("A test event is on its way."), IntegrationState.watch]

    @rx.event
    @policy(P.INTEGRATION_MANAGE)
    async def pause(self):
        await self._perform(outgoing.pause, self._id())
        return self._done("Paused. Nothing is sent there until you resume it.")

    @rx.event
    @policy(P.INTEGRATION_MANAGE)
    async def resume(self):
        await self._perform(outgoing.resume, self._id())
        return self._done("Resumed.")

    @rx.event
    @policy(P.INTEGRATION_MANAGE)
    async def rotate(self):
        made = await self._perform(outgoing.rotate, self._id())
        told = ui.tell(SECRET_SINK, {"n": self.page.row.name, "v": made.secret})
        return [told, *self._done("A new secret. The former one signs along for a day.")]

    @rx.event
    @policy(P.INTEGRATION_MANAGE)
    async def remove(self):
        await self._perform(outgoing.remove, self._id())
        return rx.redirect("/settings/integrations")

    @rx.event
    @policy(P.INTEGRATION_MANAGE)
    async def replay(self, delivery_id: str):
        await self._perform(outgoing.replay, as_id(delivery_id, "message"))
        return [*self._done("On its way once more."), IntegrationState.watch]

    @rx.event
    @policy(P.INTEGRATION_MANAGE)
    async def replay_failed(self):
        count = await self._perform(outgoing.replay_failed, self._id())
        return [*self._done(f"{count:,} on their way once more."), IntegrationState.watch]

    def _done(self, words: str):
        self.dialog = ""
        return [ui.toast(words, "success"), IntegrationState.load]

    def _id(self):
        return as_id(self._address("endpoint_id"), "integration")
