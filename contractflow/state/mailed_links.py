"""The pages behind the links that people get about their own account."""

import reflex as rx

from contractflow.permissions import Member, Visitor
from contractflow.services.identity import resetting, verifying
from contractflow.services.identity.resetting import ResetPage
from contractflow.services.identity.verifying import ConfirmPage
from contractflow.web.policy import PUBLIC, policy
from contractflow.web.principal import acting_member, present
from contractflow.web.threads import perform


class ResetState(rx.State):
    is_loaded: bool = False
    link: str = ""
    page: ResetPage = ResetPage()

    @rx.event
    @policy(PUBLIC)
    async def load(self):
        self.link = str(getattr(self, "token", ""))  # of the address, /reset/[token]
        self.page = await perform(present().visitor, resetting.page, self.link)
        self.is_loaded = True


class ConfirmState(rx.State):
    is_loaded: bool = False
    link: str = ""
    page: ConfirmPage = ConfirmPage()

    @rx.event
    @policy(PUBLIC)
    async def load(self):
        self.link = str(getattr(self, "token", ""))  # of the address, /verify-email/[token]
        self.page = await perform(await _whoever_looks(), verifying.page, self.link)
        self.is_loaded = True


class NotMeState(rx.State):
    is_loaded: bool = False
    link: str = ""

    @rx.event
    @policy(PUBLIC)
    async def load(self):
        self.link, self.is_loaded = str(getattr(self, "token", "")), True


async def _whoever_looks() -> Member | Visitor:
    """The member whose browser this is, if somebody is signed in here."""
    return await acting_member() if present().families.member else present().visitor
