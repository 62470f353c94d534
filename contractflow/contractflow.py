"""The app: its pages, and everything that stands between them and the network."""

import gc
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import reflex as rx

from contractflow import (
    observability,
    pages,  # noqa: F401  importing registers them
)
from contractflow.api import api
from contractflow.broker.connections import close_async
from contractflow.components.broken import BOUNDARY, boundary
from contractflow.components.head import DESK, STYLESHEETS, desk, head
from contractflow.components.toasts import Toasts
from contractflow.config import settings
from contractflow.web import arrivals, later, liveness, locks, sockets
from contractflow.web.csp import CspMiddleware
from contractflow.web.guard import SessionGuard
from contractflow.web.headers import SecurityHeaders
from contractflow.web.policy import AuthMiddleware, without_policy
from contractflow.web.refusals import log_frontend_error, show_error
from contractflow.web.revocation import watch_revocations

# Our pages share our origin, and no other page asks us for anything: nobody needs an answer across origins.
reflex_app: Any = rx.App
reflex_app._add_cors = staticmethod(lambda _app: None)  # noqa: SLF001  it has no switch for it

BUILT = Path(__file__).parent.parent / ".web/build/client"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


TURNSTILE = {"frame-src": _origin(settings().turnstile_script_url)}
POLICIES = {"/signup": TURNSTILE, "/login": TURNSTILE, "/forgot": TURNSTILE}
"""Pages that show something of somebody else. They are entered by a full navigation, for the policy is the document's."""

app = rx.App(
    stylesheets=STYLESHEETS,
    head_components=head(),
    extra_app_wraps={DESK: desk, BOUNDARY: boundary},
    toaster=Toasts.create(),
    html_lang="en",
    backend_exception_handler=show_error,
    frontend_exception_handler=log_frontend_error,
    api_transformer=[  # the last is the outermost
        api(),
        lambda app: CspMiddleware(app, BUILT, POLICIES, is_tls=settings().base_url.startswith("https:")),
        lambda app: SessionGuard(app, _origin(settings().base_url)),
        SecurityHeaders,
    ],
)

app.add_middleware(AuthMiddleware(), index=0)
if missing := without_policy():
    raise RuntimeError(f"handlers without @policy: {', '.join(missing)}")

arrivals.install(app)
liveness.install()
locks.install()


GIVE_WAY_SECONDS = 0.0005


@asynccontextmanager
async def process():
    observability.start("web")
    # Threads that talk to the database give way to the event loop sooner than after the usual 5 ms.
    sys.setswitchinterval(GIVE_WAY_SECONDS)
    sockets.know(app)
    # What an app is made of stays for good. The collector need not go through it: that stopped everybody for 0.2 s.
    gc.collect()
    gc.freeze()
    async with later.beside(watch_revocations(app)), later.beside(liveness.stay_known(app)):
        yield
    await later.settled()
    await liveness.fall_silent(app)
    await close_async()


app.register_lifespan_task(process)
