"""Pages without Reflex: plain HTML that works where no cookie does, such as in a frame on somebody else's site.

They bring their own policy: one nonce for the script in the template, nothing else that runs.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from contractflow.config import settings
from contractflow.web.headers import NEVER

_TEMPLATES: Final = Path(__file__).parent / "templates"
_POLICY: Final = (
    "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; frame-src {turnstile}; form-action 'self'; base-uri 'none';"
    " object-src 'none'; frame-ancestors {ancestors}"
)


def page(name: str, facts: Mapping[str, Any], *, status: int = 200, is_framed: bool = False) -> Response:
    """The template `name` filled with `facts`, escaped; `is_framed` lets other sites show it in a frame."""
    nonce, turnstile = secrets.token_urlsafe(18), urlsplit(settings().turnstile_script_url)
    policy = _POLICY.format(
        nonce=nonce,
        turnstile=f"{turnstile.scheme}://{turnstile.netloc}",
        ancestors="*" if is_framed else "'none'",
    )
    headers = {"content-security-policy": policy, "cache-control": NEVER.decode()}
    words = _environment().get_template(name).render(**facts, nonce=nonce, is_framed=is_framed)
    return HTMLResponse(words, status, headers=headers)


def script(name: str, facts: Mapping[str, Any]) -> Response:
    """A script for pages of others: theirs to load, and kept for a while."""
    headers = {"cross-origin-resource-policy": "cross-origin", "cache-control": "public, max-age=3600"}
    text = _environment().get_template(name).render(**facts)
    return Response(text, media_type="text/javascript", headers=headers)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
