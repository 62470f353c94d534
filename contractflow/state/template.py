"""One version of a template or of a clause: its text, its variables, and putting it to use."""

import reflex as rx

from contractflow.content.unwritten import NEW_CLAUSE, NEW_FALLBACK
from contractflow.permissions import Permission as P
from contractflow.services import templates
from contractflow.services.templates import TemplatePage
from contractflow.state.base import ActingState, as_id
from contractflow.web import commands as ui
from contractflow.web.policy import policy


class TemplateState(ActingState, rx.State):
    page: TemplatePage = TemplatePage()
    is_loaded: bool = False
    is_missing: bool = False
    dialog: str = ""
    asked: str = ""
    """The variable whose settings are open."""

    stored: dict[str, str] = {}
    """By part: the save of this tab that was taken last, which the part's editor waits for."""

    @rx.event
    @policy(P.TEMPLATE_READ)
    async def load(self):
        if self.page.id != self._address("template_id"):
            self.reset()
        kind = "clause" if str(self.router.url.path).startswith("/clauses") else "document"
        self.page = await self._look_up(templates.one, self._id(), kind) or TemplatePage()
        self.is_loaded, self.is_missing = True, not self.page.id

    @rx.event
    @policy(P.TEMPLATE_READ)
    async def open_dialog(self, name: str):
        self.dialog, self.errors = name, {}

    @rx.event
    @policy(P.TEMPLATE_READ)
    async def close_dialog(self, is_open: bool):
        self.dialog = self.dialog if is_open else ""

    @rx.event
    @policy(P.TEMPLATE_EDIT)
    async def describe(self, form: dict[str, str]):
        words = (str(form.get(name, "")) for name in ("name", "category", "about"))
        await self._submit(templates.describe, self._id(), *words)
        return None if self.errors else self._done("Saved.")

    @rx.event
    @policy(P.TEMPLATE_EDIT)
    async def save_part(self, block_id: str, md: str, base: str):
        """Autosave, as in a document."""
        if await self._submit(templates.save_part, self._id(), block_id, md, base) is None:
            return None
        self.stored = {block_id: f"{base}:{md}"}
        return TemplateState.load

    @rx.event
    @policy(P.TEMPLATE_EDIT)
    async def add_part(self, after: str):
        words = NEW_FALLBACK if self.page.kind == "clause" else NEW_CLAUSE
        await self._perform(templates.add_part, self._id(), after, words)
        return TemplateState.load

    @rx.event
    @policy(P.TEMPLATE_EDIT)
    async def remove_part(self, part_id: str):
        await self._perform(templates.remove_part, self._id(), part_id)
        return TemplateState.load

    @rx.event
    @policy(P.TEMPLATE_EDIT)
    async def move_part(self, part_id: str, is_up: bool):
        await self._perform(templates.move_part, self._id(), part_id, is_up=bool(is_up))
        return TemplateState.load

    @rx.event
    @policy(P.CLAUSE_LOCK)
    async def lock_part(self, part_id: str, is_locked: bool):
        await self._perform(templates.lock_part, self._id(), part_id, is_locked=bool(is_locked))
        return TemplateState.load

    @rx.event
    @policy(P.CLAUSE_LOCK)
    async def lock(self, is_locked: bool):
        await self._perform(templates.lock, self._id(), is_locked=bool(is_locked))
        return self._done("Locked." if is_locked else "Unlocked.")

    @rx.event
    @policy(P.TEMPLATE_EDIT)
    async def ask(self, name: str):
        self.asked, self.dialog, self.errors = name, "variable", {}

    @rx.event
    @policy(P.TEMPLATE_EDIT)
    async def save_variable(self, form: dict[str, str]):
        typed = {str(name): str(value) for name, value in form.items()}
        await self._submit(templates.save_variable, self._id(), self.asked, typed)
        return None if self.errors else self._done("Saved.")

    @rx.event
    @policy(P.TEMPLATE_PUBLISH)
    async def publish(self):
        await self._perform(templates.publish, self._id())
        return self._done("Published. New documents begin with this version.")

    @rx.event
    @policy(P.TEMPLATE_PUBLISH)
    async def archive(self):
        await self._perform(templates.archive, self._id())
        return self._done("Archived. Documents made from it stay as they are.")

    @rx.event
    @policy(P.TEMPLATE_EDIT)
    async def discard(self):
        await self._perform(templates.discard, self._id())
        return self._done("Discarded.")

    @rx.event
    @policy(P.TEMPLATE_EDIT)
    async def revise(self):
        where = "clauses" if self.page.kind == "clause" else "templates"
        return rx.redirect(f"/{where}/{await self._perform(templates.revise, self._id())}")

    def _id(self):
        return as_id(self._address("template_id"), "template")

    def _done(self, words: str):
        return [ui.toast(words, "success"), TemplateState.open_dialog(""), TemplateState.load]
