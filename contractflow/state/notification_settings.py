"""Settings › Notifications."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import mail_choices
from contractflow.services.mail_choices import ChoiceGroup
from contractflow.state.base import ActingState
from contractflow.web.policy import policy


class NotificationSettingsState(ActingState, rx.State):
    groups: list[ChoiceGroup] = []
    is_loaded: bool = False

    @rx.event
    @policy(P.ORG_READ)
    async def load(self):
        self.groups, self.is_loaded = await self._perform(mail_choices.page), True

    @rx.event
    @policy(P.ORG_READ)
    async def choose(self, kind: str, by_mail: bool):
        await self._perform(mail_choices.choose, kind, by_mail)
        return NotificationSettingsState.load
