"""Settings › Audit log: everything that was done, by whom, in an unbroken chain."""

import reflex as rx

from contractflow.components.buttons import secondary
from contractflow.components.settings_shell import settings_page
from contractflow.components.skeleton import loaded
from contractflow.components.table import pager
from contractflow.components.timeline import timeline
from contractflow.permissions import Permission as P
from contractflow.state.audit_log import AuditLogState


@settings_page("/settings/audit", "Audit log", on_load=AuditLogState.load, needs=P.AUDIT_READ)
def audit_log() -> rx.Component:
    more = rx.cond(AuditLogState.before, pager("", secondary("Show older", on_click=AuditLogState.more)))
    return loaded(AuditLogState.is_loaded, rx.fragment(timeline(AuditLogState.days), more))
