"""A version of a template, or of a clause: written, put to use, and put away."""

from enum import StrEnum

from contractflow.permissions import Permission as P
from contractflow.permissions import System
from contractflow.workflows.machine import Guard, Move, Workflow


class TemplateStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


T = TemplateStatus

has_text = Guard(lambda template: bool(template.body), "Write something first: there is no clause in it yet.")

# fmt: off
TEMPLATE = Workflow("template", "template", "status", "template", initial=T.DRAFT, moves=[
    #    verb         from           to             who may              only if
    Move("publish",   T.DRAFT,       T.PUBLISHED,   P.TEMPLATE_PUBLISH,  (has_text,)),
    Move("archive",   T.PUBLISHED,   T.ARCHIVED,    P.TEMPLATE_PUBLISH),
    Move("discard",   T.DRAFT,       T.ARCHIVED,    P.TEMPLATE_EDIT),
    Move("replace",   T.PUBLISHED,   T.ARCHIVED,    System),
])
# fmt: on
