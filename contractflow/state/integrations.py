"""Settings › Integrations: all of them, and adding one."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import outgoing
from contractflow.services.outgoing import EndpointsPage, EventGroup
from contractflow.state.base import ActingState
from contractflow.web import commands as ui
from contractflow.web.policy import policy

SECRET_SINK = "cf_secret"  # noqa: S105  what the listening component calls itself
CHANNELS = ("webhook", "slack")


class IntegrationsState(ActingState, rx.State):
    page: EndpointsPage = EndpointsPage()
    groups: list[EventGroup] = []
    dialog: str = ""
    """The channel that is being added."""
    is_loaded: bool = False

    @rx.event
    @policy(P.INTEGRATION_MANAGE)
    async def load(self):
        self.page = await self._perform(outgoing.list_page)
        self.is_loaded = True

    @rx.event
    @policy(P.INTEGRATION_MANAGE)
    async def ask(self, channel: str):
        self.groups = await self._perform(outgoing.event_groups)
        self.dialog, self.errors = channel if channel in CHANNELS else "", {}

    @rx.event
    @policy(P.INTEGRATION_MANAGE)
    async def close(self, is_open: bool):
        self.dialog = self.dialog if is_open else ""

    @rx.event
    @policy(P.INTEGRATION_MANAGE)
    async def add(self, form: dict[str, str]):
        if not self.dialog:  # the second click of a double click
            return None
        made = await self._submit(outgoing.add, channel=self.dialog, **typed(form))
        if made is None:
            return None
        self.dialog, told = "", {"n": str(form.get("name", "")), "v": made.secret} if made.secret else None
        words = "Added. Send a test event to see it arrive."
        return [ui.tell(SECRET_SINK, told), ui.toast(words, "success"), IntegrationsState.load]


def typed(form: dict[str, str]):
    """What the form of an integration says; a checked box carries the name of its event."""
    events = [name for name, value in form.items() if "." in name and value]
    return {"name": str(form.get("name", "")), "url": str(form.get("url", "")), "events": events}
