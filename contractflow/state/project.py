"""One project: how it stands, what is reached, and what it is called."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import invoices, projects
from contractflow.services.projects import ProjectPage
from contractflow.state.base import ActingState, as_id
from contractflow.web import commands as ui
from contractflow.web.policy import policy

MOVES = {
    "start": projects.start,
    "hold": projects.hold,
    "resume": projects.resume,
    "complete": projects.complete,
    "cancel": projects.cancel,
}


class ProjectState(ActingState, rx.State):
    page: ProjectPage = ProjectPage()
    is_loaded: bool = False
    is_missing: bool = False
    dialog: str = ""
    """Which one is open."""

    @rx.event
    @policy(P.CLIENT_READ)
    async def load(self):
        self.page = await self._look_up(projects.one, self._id()) or ProjectPage()
        self.is_loaded, self.is_missing, self.dialog = True, not self.page.id, ""

    @rx.event
    @policy(P.PROJECT_WRITE)
    async def move(self, verb: str):
        await self._perform(MOVES.get(verb, projects.start), self._id())
        done = [ui.toast("Project cancelled.", "success")] if verb == "cancel" else []
        return [*done, ProjectState.load]

    @rx.event
    @policy(P.INVOICE_ISSUE)
    async def reach(self, invoice_id: str):
        await self._perform(invoices.issue_now, as_id(invoice_id, "invoice"))
        return [ui.toast("Reached. The invoice is on its way to the client.", "success"), ProjectState.load]

    @rx.event
    @policy(P.PROJECT_WRITE)
    async def ask(self, dialog: str):
        self.dialog, self.errors = str(dialog), {}

    @rx.event
    @policy(P.PROJECT_WRITE)
    async def rename(self, form: dict[str, str]):
        await self._submit(projects.rename, self._id(), str(form.get("name", "")))
        return None if self.errors else [ui.toast("Saved.", "success"), ProjectState.load]

    def _id(self):
        return as_id(self._address("project_id"), "project")
