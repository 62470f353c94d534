"""What a person reads when something did not work: the reason when it was meant, a reference when it was not."""

from __future__ import annotations

import logging
import secrets
from urllib.parse import quote

from reflex_base.event import EventSpec

from contractflow.errors import (
    AppError,
    ConfirmFirst,
    FactorMissing,
    NotSignedIn,
    PlanLimit,
    PortalClosed,
    Suspended,
)
from contractflow.observability import report_page, unquoted
from contractflow.web.commands import confirm, load, toast

log = logging.getLogger(__name__)


def show_error(exception: Exception):  # type: ignore[no-untyped-def]  # Reflex refuses its own annotation
    """Reflex's handler of exceptions: expected refusals reach the person, everything else reaches us."""
    if isinstance(exception, AppError):
        return refusal(exception)
    reference = secrets.token_hex(4)
    log.error("an event handler failed, reference %s", reference, exc_info=exception)
    return toast("Something went wrong on our side. We have been told.", "error", f"Reference {reference}")


def log_frontend_error(exception: Exception) -> None:
    """What a page reported from the browser: anybody can send these, so they are warnings, shortened."""
    said = unquoted(str(exception))
    log.warning("a page reported an error: %s", said[:2000])
    report_page(said)


def refusal(refused: AppError, path: str = "") -> EventSpec:
    """The sentence as a toast; without a session, the page that makes one. `path` is where the person was."""
    log.debug("refused with %s", type(refused).__name__)
    if isinstance(refused, PortalClosed):
        return load("/portal/closed")
    if isinstance(refused, Suspended):
        return load("/suspended")
    if isinstance(refused, NotSignedIn):
        if path.startswith("/login"):  # it says why already; loaded anew it comes without the ended session
            return load(path)
        back = f"&next={quote(path)}" if path.startswith("/") else ""
        return load(f"/login?reason=ended{back}")
    if isinstance(refused, ConfirmFirst):
        return confirm(refused.event)
    if isinstance(refused, FactorMissing):
        return load(f"/enrol?next={quote(path)}" if path.startswith("/") else "/enrol")
    if isinstance(refused, PlanLimit):
        return toast(refused.message, "error", path="/settings/plan", label="See the plans")
    return toast(refused.message, "error")
