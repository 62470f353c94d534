"""What anybody may ask who holds the code of a document."""

from urllib.parse import quote

import reflex as rx

from contractflow.services.verification import LARGEST, Verified
from contractflow.web.policy import PUBLIC, policy
from contractflow.web.principal import present
from contractflow.web.verifying import look_up

LONGEST = 200
__all__ = ["LARGEST", "VerifyState"]


class VerifyState(rx.State):
    page: Verified = Verified()
    is_loaded: bool = False

    @rx.event
    @policy(PUBLIC)
    async def load(self):
        self.page = await look_up(present().visitor, str(getattr(self, "code", "")))  # /verify/[code]
        self.is_loaded = True

    @rx.event
    @policy(PUBLIC)
    async def find(self, form: dict[str, str]):
        """Takes the code, or the whole link that is printed beside it."""
        typed = str(form.get("code", ""))[:LONGEST].strip().rstrip("/")
        self.is_loaded = False
        return rx.redirect(f"/verify/{quote(typed.rpartition('/')[2], safe='')}")
