"""What a native form (sign-up, sign-in, invitation) shows again after it was refused."""

import reflex as rx

from contractflow.web import flash
from contractflow.web.policy import PUBLIC, policy
from contractflow.web.principal import present


class RefusedState(rx.State):
    """By the route of the page: the next one begins with what this tab still knows, and that is not about it."""

    values: dict[str, dict[str, str]] = {}
    errors: dict[str, dict[str, str]] = {}

    @rx.event
    @policy(PUBLIC)
    async def load(self):
        code, route = str(self.router.url.query_parameters.get("again", "")), self.router.route_id
        kept = await flash.recall(present().families.visitor, code)
        self.values, self.errors = {route: dict(kept.values)}, {route: dict(kept.errors)}
