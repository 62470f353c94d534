"""What a native form (sign-up, sign-in, invitation) shows again after it was refused."""

import reflex as rx

from contractflow.web import flash
from contractflow.web.policy import PUBLIC, policy
from contractflow.web.principal import present


class RefusedState(rx.State):
    """`code` changes when there is something to show again: use it as the form's `key`, so that it starts anew."""

    code: str = ""
    values: dict[str, str] = {}
    errors: dict[str, str] = {}

    @rx.event
    @policy(PUBLIC)
    async def load(self):
        code = str(self.router.url.query_parameters.get("again", ""))
        kept = await flash.recall(present().families.visitor, code)
        self.values, self.errors = dict(kept.values), dict(kept.errors)
        self.code = code if kept.errors else ""
