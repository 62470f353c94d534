"""Templates and the clauses of the library: what can be done with them. Both are versions with a text to put to use."""

from contractflow.integrations.ai.shelf import CATEGORIES
from contractflow.services.templates.editing import (
    add,
    add_part,
    describe,
    lock,
    lock_part,
    move_part,
    remove_part,
    save_part,
    save_variable,
)
from contractflow.services.templates.publishing import archive, discard, publish, revise
from contractflow.services.templates.reading import (
    PartRow,
    TemplateList,
    TemplatePage,
    TemplateRow,
    VariableSettings,
    VersionRow,
    list_page,
    one,
)
from contractflow.services.templates.searching import ClauseRow, find
from contractflow.services.templates.shelving import add_from_library
from contractflow.services.templates.stocking import stock
from contractflow.services.templates.using import Asked, StartingPoint, TemplateChoice, choices, form

__all__ = [
    "CATEGORIES",
    "Asked",
    "ClauseRow",
    "PartRow",
    "StartingPoint",
    "TemplateChoice",
    "TemplateList",
    "TemplatePage",
    "TemplateRow",
    "VariableSettings",
    "VersionRow",
    "add",
    "add_from_library",
    "add_part",
    "archive",
    "choices",
    "describe",
    "discard",
    "find",
    "form",
    "list_page",
    "lock",
    "lock_part",
    "move_part",
    "one",
    "publish",
    "remove_part",
    "revise",
    "save_part",
    "save_variable",
    "stock",
]
