"""The platform itself: how its work is doing across all organisations, and the people who see to it."""

from contractflow.services.platform.appointing import appoint, is_admin, lacks_factor
from contractflow.services.platform.jobs import jobs
from contractflow.services.platform.organisations import (
    LimitRow,
    OrganisationList,
    OrganisationPage,
    OrganisationRow,
    organisation,
    organisations,
)
from contractflow.services.platform.overseeing import (
    change_tier,
    end_sessions,
    extend_trial,
    hold,
    lift,
    override_limit,
    suspend,
)
from contractflow.services.platform.reports import ReportsPage, reports
from contractflow.services.platform.reviving import revive
from contractflow.services.platform.rows import JobsPage

__all__ = [
    "JobsPage",
    "LimitRow",
    "OrganisationList",
    "OrganisationPage",
    "OrganisationRow",
    "ReportsPage",
    "appoint",
    "change_tier",
    "end_sessions",
    "extend_trial",
    "hold",
    "is_admin",
    "jobs",
    "lacks_factor",
    "lift",
    "organisation",
    "organisations",
    "override_limit",
    "reports",
    "revive",
    "suspend",
]
