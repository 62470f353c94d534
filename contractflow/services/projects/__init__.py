"""Projects: work for a client, that documents and invoices belong to."""

from contractflow.services.projects.keeping import (
    NewProject,
    add,
    cancel,
    complete,
    hold,
    rename,
    resume,
    start,
)
from contractflow.services.projects.reading import (
    Base,
    Milestone,
    ProjectList,
    ProjectPage,
    ProjectRow,
    list_page,
    one,
)

__all__ = [
    "Base",
    "Milestone",
    "NewProject",
    "ProjectList",
    "ProjectPage",
    "ProjectRow",
    "add",
    "cancel",
    "complete",
    "hold",
    "list_page",
    "one",
    "rename",
    "resume",
    "start",
]
