"""Plain HTTP on the same server: whatever sets a cookie, sends a file or is called by another server."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from contractflow.errors import AppError
from contractflow.web.admission import declared
from contractflow.web.answers import failed, refused
from contractflow.web.bodies import BodyLimits
from contractflow.web.limiting import limited
from contractflow.web.timing import timed


def routes() -> list[BaseRoute]:
    """The `routes` of every module in this package, each behind its limits; what nobody declared admits nobody."""
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    return [timed(limited(declared(route))) for module in modules for route in module.routes]


def api() -> Starlette:
    """The app that answers these routes; Reflex is mounted behind it."""
    return Starlette(
        routes=routes(),
        middleware=[Middleware(BodyLimits)],
        exception_handlers={AppError: refused, Exception: failed},
    )
