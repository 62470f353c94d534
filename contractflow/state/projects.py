"""The list of projects, and opening one for a client."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import clients, projects
from contractflow.services.clients import ClientChoice
from contractflow.services.projects import NewProject, ProjectRow
from contractflow.state.base import ActingState
from contractflow.web import commands as ui
from contractflow.web.policy import policy


class ProjectsState(ActingState, rx.State):
    rows: list[ProjectRow] = []
    after: str = ""
    status: str = ""
    clients: list[ClientChoice] = []
    client_id: str = ""
    is_loaded: bool = False
    is_adding: bool = False

    @rx.event
    @policy(P.CLIENT_READ)
    async def load(self):
        asked = self.router.url.query_parameters
        self.status, self.client_id = str(asked.get("status", "")), str(asked.get("client", ""))
        page = await self._perform(projects.list_page, status=self.status)
        self.clients = await self._perform(clients.choices)
        self.rows, self.after, self.is_loaded = page.rows, page.after, True
        self.is_adding, self.errors = bool(self.client_id), {}

    @rx.event
    @policy(P.CLIENT_READ)
    async def more(self):
        page = await self._perform(projects.list_page, status=self.status, after=self.after)
        self.rows, self.after = [*self.rows, *page.rows], page.after

    @rx.event
    @policy(P.PROJECT_WRITE)
    async def show_form(self, is_open: bool):
        self.is_adding, self.errors = bool(is_open), {}

    @rx.event
    @policy(P.PROJECT_WRITE)
    async def add(self, form: dict[str, str]):
        if not self.is_adding:  # the second click of a double click
            return None
        new = NewProject(str(form.get("client_id", "")), str(form.get("name", "")))
        project_id = await self._submit(projects.add, new)
        if project_id is None:
            return None
        self.is_adding = False
        return [ui.toast("Project opened.", "success"), rx.redirect(f"/projects/{project_id}")]
