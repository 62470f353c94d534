"""What the frame around every member's page shows: whose organisation, and who is signed in."""

import reflex as rx

from contractflow.permissions import Permission, why_not
from contractflow.services import standing
from contractflow.services.identity import verifying
from contractflow.services.orgs import Own
from contractflow.services.plans import Banner
from contractflow.web import commands as ui
from contractflow.web.policy import SIGNED_IN, policy
from contractflow.web.principal import acting_member
from contractflow.web.threads import perform


class FrameState(rx.State):
    org_name: str = ""
    person_name: str = ""
    role: str = ""
    is_platform_admin: bool = False
    awaits_confirmation: str = ""
    """The person's address, until they confirm it."""
    news: str = ""
    """How many notifications are new; empty when none is."""
    organisations: list[Own] = []
    logo: str = ""
    """Where a browser gets the organisation's; empty without one."""
    closing: str = ""
    plan: Banner = Banner()
    refusals: dict[str, str] = {}
    """What this role may do nowhere: why, by permission."""

    @rx.event
    @policy(SIGNED_IN)
    async def load(self):
        member = await acting_member()
        seen = await perform(member, standing.of_member)
        self.org_name, self.is_platform_admin = seen.org_name, seen.is_platform_admin
        self.awaits_confirmation, self.logo, self.news = seen.awaits_confirmation, seen.logo, seen.news
        self.organisations, self.closing, self.plan = seen.organisations, seen.closing, seen.plan
        self.person_name, self.role = member.name, member.role.label
        self.refusals = {one: words for one in Permission if (words := why_not(member, one, own=True))}
        return self._moved() if "moved" in self.router.url.query_parameters else None

    def _moved(self):
        return ui.toast(f"You are in {self.org_name} now: you switched, or signed in again, in another tab.")

    @rx.event
    @policy(SIGNED_IN)
    async def send_confirmation(self):
        await perform(await acting_member(), verifying.send_again)
        return [ui.toast("Sent. The earlier link does not work any more.", "success"), FrameState.load]
