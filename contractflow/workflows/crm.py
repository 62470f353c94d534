"""Before and around the contract: leads and projects."""

from enum import StrEnum

from contractflow.permissions import Permission as P
from contractflow.workflows.machine import Move, Workflow


class LeadStatus(StrEnum):
    NEW = "new"
    CONTACTED = "contacted"
    QUALIFIED = "qualified"
    CONVERTED = "converted"
    DISQUALIFIED = "disqualified"


class ProjectStatus(StrEnum):
    PLANNED = "planned"
    ACTIVE = "active"
    ON_HOLD = "on_hold"
    COMPLETED = "completed"
    CANCELED = "canceled"


L, J = LeadStatus, ProjectStatus

# fmt: off
LEAD = Workflow("lead", "lead", "status", "lead", initial=L.NEW, moves=[
    #    verb           from                                 to               who may
    Move("contact",     L.NEW,                               L.CONTACTED,     P.LEAD_WRITE),
    Move("qualify",     (L.NEW, L.CONTACTED),                L.QUALIFIED,     P.LEAD_WRITE),
    Move("convert",     (L.NEW, L.CONTACTED, L.QUALIFIED),   L.CONVERTED,     P.LEAD_WRITE),
    Move("disqualify",  (L.NEW, L.CONTACTED, L.QUALIFIED),   L.DISQUALIFIED,  P.LEAD_WRITE),
    Move("reopen",      L.DISQUALIFIED,                      L.NEW,           P.LEAD_WRITE),
])

PROJECT = Workflow("project", "project", "status", "project", initial=J.PLANNED, moves=[
    Move("start",       J.PLANNED,                           J.ACTIVE,        P.PROJECT_WRITE),
    Move("hold",        J.ACTIVE,                            J.ON_HOLD,       P.PROJECT_WRITE),
    Move("resume",      (J.ON_HOLD, J.COMPLETED),            J.ACTIVE,        P.PROJECT_WRITE),
    Move("complete",    J.ACTIVE,                            J.COMPLETED,     P.PROJECT_WRITE),
    Move("cancel",      (J.PLANNED, J.ACTIVE, J.ON_HOLD),    J.CANCELED,      P.PROJECT_WRITE),
])
# fmt: on
