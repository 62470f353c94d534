"""What a process tells us: structured logs on standard error, and faults to Sentry; neither with secrets or people."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

import structlog

from contractflow.config import settings

HIDDEN: Final = "[hidden]"
_SECRET_NAME = re.compile(
    r"password|passwd|secret|token|cookie|authorization|api_?key|dsn|p12|otp|code_hash", re.IGNORECASE
)
MAILED_LINKS: Final = (
    "portal/open", "portal/pay", "invite", "reset", "verify-email", "not-me", "unsubscribe",
)  # fmt: skip
"""Where a mailed link leads; what follows is its token."""
_PATTERNS: Final = (
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
    # In a query: Reflex's tab token, signatures, Paddle's checkout, codes.
    (re.compile(r"(?i)\b(token|sig|signature|_ptxn|code|key|secret)=[^&\s\"']+"), rf"\1={HIDDEN}"),
    # In a path: links that were mailed.
    (re.compile(rf"(?i)/({'|'.join(MAILED_LINKS)})/[\w~.=-]+"), rf"/\1/{HIDDEN}"),
    (re.compile(r"(?i)\b(bearer|basic) [\w~+/.=-]{8,}"), rf"\1 {HIDDEN}"),
    (re.compile(r"(?i)(\w+://[^:/\s@]*):[^@/\s]+@"), rf"\1:{HIDDEN}@"),
    # What PostgreSQL could not take, as it quotes it: after a colon, in a detail, in the row that failed.
    (re.compile(r"""(?s)(\bpsycopg\.errors\.\w+\)?:? [^\n":]*: )".*?"(?=\s*(?:\n|$))"""), rf"\1{HIDDEN}"),
    (
        re.compile(
            r"(?s)\b(DETAIL:\s+)(?:Key \(|Failing row).*?(?=\n(?:CONTEXT|HINT|LINE|\[SQL|\S+:)|\n\n|$)"
        ),
        rf"\1{HIDDEN}",
    ),
)
_QUOTED: Final = re.compile(r""""[^"]*"|'[^']*'|`[^`]*`|“[^”]*”""")
_LONGEST_REPORT: Final = 4_000
_MOST_LINES: Final = 20
_LOUD: Final = (
    "httpx",
    "httpx2",
    "httpcore",
    "openai",
    "google_genai",
    "asyncio",
    "urllib3",
    "fontTools",
    "pyhanko",
    "rq",
    "alembic.runtime.plugins",
    "markdown_it",
    "null_logger",  # Paddle's SDK names its own so
)


def start(component: str) -> None:
    """Logs and Sentry for this process; `component` is what it is: web, drafts, mail, general, scheduler, cli."""
    _start_logs(component)
    if (dsn := settings().sentry_dsn) is not None:
        _start_sentry(component, dsn.get_secret_value())


def unquoted(said: str) -> str:
    return _QUOTED.sub(HIDDEN, said)


def report_page(said: str) -> None:
    """What a page's own script stumbled over, as its browser tells it: “Name: words”, then where, line by line.

    It comes over our own socket, so that no page needs a script of Sentry's, nor its host in the content policy. Anybody
    can say anything there, and an error may quote what somebody typed: `unquoted` comes first.
    """
    if settings().sentry_dsn is None:
        return
    import sentry_sdk  # noqa: PLC0415 -- as in _start_sentry

    first, _, where = said[:_LONGEST_REPORT].partition("\n")
    name, _, words = first.partition(": ")
    lines = [line.strip() for line in where.splitlines()[:_MOST_LINES]]
    sentry_sdk.capture_event(
        {
            "level": "error",
            "logger": "browser",
            "exception": {"values": [{"type": name[:80], "value": words}]},
            "extra": {"where": lines},
            "tags": {"part": "browser"},
            "fingerprint": ["browser", name[:80], *lines[:1]],
        }
    )


def hidden(value: Any, name: str = "") -> Any:
    """`value` without secrets, addresses and tokens. Walks structures: a regex over JSON would break its escapes."""
    if isinstance(value, Mapping):
        return {key: hidden(item, str(key)) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(hidden(item, name) for item in value) if type(value) in (list, tuple) else HIDDEN
    if name and _SECRET_NAME.search(name):
        return HIDDEN
    if isinstance(value, str):
        for pattern, instead in _PATTERNS:
            value = pattern.sub(instead, value)
    return value


def _start_logs(component: str) -> None:
    local = settings().environment == "local"

    def name_component(
        _logger: Any, _method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        event["component"] = component
        return event

    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if local else "iso", utc=not local),
        structlog.processors.format_exc_info,
    ]
    if local:
        last: list[Any] = [_hide, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    else:
        last = [
            name_component,
            structlog.processors.EventRenamer("message"),
            _hide,
            structlog.processors.JSONRenderer(),
        ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    logging.basicConfig(level=settings().log_level.upper(), handlers=[handler], force=True)
    for name in _LOUD:  # they log addresses, prompts or every step
        logging.getLogger(name).setLevel(logging.WARNING)


def _hide(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Any:
    return hidden(dict(event))


def _start_sentry(component: str, dsn: str) -> None:
    import sentry_sdk  # noqa: PLC0415 -- a tenth of a second that only who reports needs to pay
    from sentry_sdk.integrations.logging import LoggingIntegration  # noqa: PLC0415
    from sentry_sdk.integrations.redis import RedisIntegration  # noqa: PLC0415
    from sentry_sdk.integrations.sqlalchemy import SqlalchemyIntegration  # noqa: PLC0415

    sentry_sdk.init(
        dsn=dsn,
        environment=settings().environment,
        release=settings().release,
        server_name=component,
        # The automatic ones import openai and google.genai into every process: 76 MB and seconds.
        auto_enabling_integrations=False,
        integrations=[
            LoggingIntegration(event_level=logging.ERROR),
            RedisIntegration(),
            SqlalchemyIntegration(),
            *_integrations_of(component),
        ],
        send_default_pii=False,
        include_local_variables=False,  # they hold contract text
        max_request_body_size="never",
        before_send=lambda event, _hint: hidden(event),
        before_send_transaction=lambda event, _hint: hidden(event),
        before_breadcrumb=lambda crumb, _hint: None if crumb.get("category") == "redis" else hidden(crumb),
    )


def _integrations_of(component: str) -> list[Any]:
    if component == "web":
        from sentry_sdk.integrations.starlette import StarletteIntegration  # noqa: PLC0415

        return [StarletteIntegration()]
    if component in ("drafts", "mail", "general"):
        from sentry_sdk.integrations.rq import RqIntegration  # noqa: PLC0415

        return [RqIntegration()]
    return []
