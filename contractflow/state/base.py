"""What every page's state can do: one verb of a service, as whoever is there. Who may, `@policy` says.

    class HomeState(ActingState, rx.State):
        page: HomePage = HomePage()

        @rx.event
        @policy(SIGNED_IN)
        async def load(self):
            self.page = await self._perform(home.page)

Names without an underscore are callable from any browser, so helpers start with one.
"""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

import reflex as rx

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import ConfirmFirst, Invalid, NotFound
from contractflow.web.principal import acting_admin, acting_member, acting_signer, present
from contractflow.web.threads import perform

Args = ParamSpec("Args")
Result = TypeVar("Result")
Verb = Callable[Concatenate[UnitOfWork, Args], Result]


class ActingState(rx.State, mixin=True):
    """A mixin, so that every page has `errors` of its own."""

    errors: dict[str, str] = {}
    """What is wrong with the form, by field; "form" is about all of it."""

    def __init_subclass__(cls, mixin: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(mixin=mixin, **kwargs)
        if cls._mixin and not mixin:
            raise TypeError(f"write `class {cls.__name__}(ActingState, rx.State)`: a mixin alone has no vars")

    async def _perform(self, verb: Verb[Args, Result], *args: Args.args, **kwargs: Args.kwargs) -> Result:
        """Do `verb` as the signed-in member, in one transaction, off the event loop."""
        try:
            return await perform(await acting_member(), verb, *args, **kwargs)
        except ConfirmFirst as asked:
            asked.event = present().event
            raise

    async def _perform_as_signer(
        self, verb: Verb[Args, Result], *args: Args.args, **kwargs: Args.kwargs
    ) -> Result:
        """The same as the client whose portal is open."""
        return await perform(await acting_signer(), verb, *args, **kwargs)

    async def _perform_as_admin(
        self, org_id: UUID | None, verb: Verb[Args, Result], *args: Args.args, **kwargs: Args.kwargs
    ) -> Result:
        """The same as a platform admin, for one organisation or (None) for none."""
        return await perform(await acting_admin(org_id), verb, *args, **kwargs)

    async def _submit(
        self, verb: Verb[Args, Result], *args: Args.args, **kwargs: Args.kwargs
    ) -> Result | None:
        """`_perform` for a form: what cannot be used lands in `errors` beside its field, and the answer is None."""
        return await self._checked(self._perform(verb, *args, **kwargs))

    async def _submit_as_signer(
        self, verb: Verb[Args, Result], *args: Args.args, **kwargs: Args.kwargs
    ) -> Result | None:
        return await self._checked(self._perform_as_signer(verb, *args, **kwargs))

    def _address(self, name: str) -> str:
        """What stands in the address at `[name]` of the route."""
        return str(getattr(self, name, ""))

    async def _look_up(
        self, verb: Verb[Args, Result], *args: Args.args, **kwargs: Args.kwargs
    ) -> Result | None:
        """`_perform` for what a page is about: None when it is not there, so that the page can say so."""
        try:
            return await self._perform(verb, *args, **kwargs)
        except NotFound:
            return None

    async def _look_up_as_signer(
        self, verb: Verb[Args, Result], *args: Args.args, **kwargs: Args.kwargs
    ) -> Result | None:
        try:
            return await self._perform_as_signer(verb, *args, **kwargs)
        except NotFound:
            return None

    async def _look_up_as_admin(
        self, org_id: UUID, verb: Verb[Args, Result], *args: Args.args, **kwargs: Args.kwargs
    ) -> Result | None:
        try:
            return await self._perform_as_admin(org_id, verb, *args, **kwargs)
        except NotFound:
            return None

    async def _checked(self, doing: Any) -> Any:
        self.errors = {}
        try:
            return await doing
        except Invalid as wrong:
            self.errors = {wrong.field or "form": wrong.message}
            return None


def as_id(text: str, noun: str = "page") -> UUID:
    """The id in an address or an event; what is none does not exist. Raises NotFound."""
    try:
        return UUID(text)
    except (ValueError, TypeError, AttributeError):
        raise NotFound(noun) from None
