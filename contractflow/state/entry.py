"""What the pages before sign-in need to know of the server: the robot check, why one is here, an invitation."""

import reflex as rx

from contractflow.config import settings
from contractflow.security import passkeys
from contractflow.services import invitations
from contractflow.services.invitations import InvitationPage
from contractflow.web.policy import PUBLIC, policy
from contractflow.web.principal import present, signed_in
from contractflow.web.threads import perform

REASONS = {
    "out": "You are signed out.",
    "ended": "Your session has ended. Sign in again; what you saved is safe.",
    "left": "You left the organisation. What you wrote stays with it.",
    "deleted": "Your account is deleted. What you wrote stays with the organisation.",
    "password": "Your password was changed. Sign in with the new one.",
    "confirmed": "Your address is confirmed. Sign in.",
    "undone": "Your account is yours again. Look into your mail: the link there lets you choose a new password.",
}


class EntryState(rx.State):
    site_key: str = ""
    script_url: str = ""
    reason: str = ""
    is_loaded: bool = False
    takes_passkeys: bool = False
    is_sent: bool = False
    """A link is on its way, if there is somebody to send it to."""
    onward: str = ""
    """Where the person wanted to go; the route that signs in checks that it is a path of ours."""

    @rx.event
    @policy(PUBLIC)
    async def load(self):
        asked = self.router.url.query_parameters
        self.reason = REASONS.get(str(asked.get("reason", "")), "")
        self.onward, self.is_sent = str(asked.get("next", "")), asked.get("sent") == "1"
        self.site_key, self.script_url = settings().turnstile_site_key or "", settings().turnstile_script_url
        self.is_loaded, self.takes_passkeys = True, passkeys.is_possible()


class InvitationState(rx.State):
    ready: bool = False
    link: str = ""
    page: InvitationPage = InvitationPage()
    own_address: str = ""
    """Of who is signed in; empty when nobody is."""

    @rx.event
    @policy(PUBLIC)
    async def load(self):
        self.link = str(getattr(self, "token", ""))  # of the address, /invite/[token]
        self.page = await perform(present().visitor, invitations.invitation_page, self.link)
        member = await signed_in()
        self.own_address = await perform(member, invitations.own_address) if member else ""
        self.ready = True
