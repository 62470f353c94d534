"""The platform itself: how its work is doing across all organisations, and the people who see to it."""

from contractflow.services.platform.appointing import appoint, is_admin
from contractflow.services.platform.jobs import jobs
from contractflow.services.platform.reports import ReportsPage, reports
from contractflow.services.platform.reviving import revive
from contractflow.services.platform.rows import JobsPage

__all__ = ["JobsPage", "ReportsPage", "appoint", "is_admin", "jobs", "reports", "revive"]
