"""The content security policy: one fresh nonce for every page, no inline code, no eval.

Reflex prerenders its pages at build time, so a page cannot know its nonce. This middleware cuts the built
HTML where a nonce belongs, once per file, and joins it again with a new one for every response.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contractflow.web.headers import NEVER

REPORTS: Final = "/api/reports"
"""Where browsers say what the policy stopped."""

TAG_KEY: Final = "contractflow.tag"
"""Where `SessionGuard` leaves a tag of the session in the ASGI scope (never the session itself)."""

NONCE: Final = "\x00N\x00"
TAG: Final = "\x00T\x00"

# The first script of every page. Libraries that make <style> elements cannot be given a nonce through Reflex,
# so elements made by a script that already runs get it here; styles injected as HTML stay blocked. It also drops
# Reflex's client token when somebody else has signed in since: every login gets a fresh state, and asks for a
# new session secret every quarter of an hour, which a socket cannot.
BOOT: Final = (
    "(()=>{const s=document.currentScript,n=s.nonce,c=Document.prototype.createElement;globalThis.__webpack_nonce__=n;"
    "Document.prototype.createElement=function(...a){const e=c.apply(this,a);"
    "if(e instanceof HTMLStyleElement)e.nonce=n;return e};"
    f"try{{const t='{TAG}',k='contractflow.session';if(sessionStorage.getItem(k)!==t)"
    "{sessionStorage.removeItem('token');sessionStorage.setItem(k,t)}"
    "if(t!=='nobody')setInterval(()=>fetch('/auth/refresh',{method:'POST'}).catch(()=>{}),9e5)}catch{}s.remove()})()"
)
# Prerendered style attributes travel as data and come back through the CSSOM, which the policy does not govern.
STYLES: Final = (
    "for(const e of document.querySelectorAll('[data-csp-style]'))"
    "{e.style.cssText=e.dataset.cspStyle;e.removeAttribute('data-csp-style')}document.currentScript.remove()"
)

# A page is rewritten: what describes the file on disk (encoding, ranges, validators) must not reach either side.
REQUEST_DROP: Final = {b"accept-encoding", b"if-none-match", b"if-modified-since", b"range", b"if-range"}
RESPONSE_DROP: Final = {
    b"content-length", b"etag", b"last-modified", b"accept-ranges", b"content-encoding", b"cache-control", b"vary",
}  # fmt: skip
# fmt: off
BASE: Final[Mapping[str, str]] = {
    "default-src":     "'none'",
    "script-src":      f"'nonce-{NONCE}' 'strict-dynamic'",
    "style-src":       f"'self' 'nonce-{NONCE}'",
    "style-src-attr":  "'none'",
    "img-src":         "'self' data:",
    "font-src":        "'self' data:",      # Radix Themes embeds one font
    "connect-src":     "'self'",
    "frame-src":       "'none'",
    "worker-src":      "'none'",
    "object-src":      "'none'",
    "base-uri":        "'none'",
    "frame-ancestors": "'none'",
    "form-action":     "'self'",
    "manifest-src":    "'self'",
    "report-uri":      REPORTS,             # the only one that Firefox knows, and that works without TLS
}
# fmt: on


def template(html: str) -> list[str]:
    """Cut built HTML at every place that needs the nonce. Built HTML only: it holds nothing a person typed."""
    html = re.sub(r"<(script|style|link)(?=[\s>])", rf'<\1 nonce="{NONCE}"', html)
    html = re.sub(r'(<[a-zA-Z][^<>]*?)\sstyle="', r'\1 data-csp-style="', html)
    first = html.find("<script", html.find("<body"))
    html = f'{html[:first]}<script nonce="{NONCE}">{STYLES}</script>{html[first:]}'
    return html.replace("<head>", f'<head><script nonce="{NONCE}">{BOOT}</script>', 1).split(NONCE)


def policy(extra: Mapping[str, str]) -> list[str]:
    """The policy as text, cut where the nonce belongs; `extra` replaces single directives of BASE, or adds some."""
    return "; ".join(f"{name} {value}" for name, value in {**BASE, **extra}.items()).split(NONCE)


class CspMiddleware:
    """Give pages a nonce and its policy; `SecurityHeaders` switches scripts off in everything else.

    `pages` maps path prefixes to directives they change, the most specific prefix first. A policy belongs to
    the document, so pages with their own prefix are entered by a full navigation. `is_tls` says whether browsers come by
    https: then they send reports by the newer way, which they promise but do not do without TLS (tried in Chromium).
    """

    def __init__(
        self, app: ASGIApp, static: Path, pages: Mapping[str, Mapping[str, str]], *, is_tls: bool = False
    ) -> None:
        self.app = app
        newer = {"report-to": "csp"} if is_tls else {}
        self.endpoints = [(b"reporting-endpoints", f'csp="{REPORTS}"'.encode())] if is_tls else []
        self.folders = {f"/{page.parent.relative_to(static).as_posix()}" for page in _indexes(static)}
        self.policies = [(prefix, policy({**extra, **newer})) for prefix, extra in pages.items()]
        self.policies.append(("/", policy(newer)))
        self.templates: dict[str, list[str]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["method"] in ("GET", "HEAD") and _may_be_page(scope["path"]):
            await self._page(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        held: Message | None = None

        async def capture(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start" and _is_html(message):
                held = message
            elif message["type"] == "http.response.pathsend" and held is not None:
                await self._finish(scope, held, self._template(message["path"]), send)
                held = None
            else:
                if held is not None:  # HTML that is not built output: it gets no script at all
                    await send(held)
                    held = None
                await send(message)

        await self.app(self._inner(scope), receive, capture)

    def _inner(self, scope: Scope) -> Scope:
        path = scope["path"]
        return {
            **scope,
            "method": "GET",
            # StaticFiles answers a folder with a redirect to an absolute http:// address, wrong behind TLS.
            "path": f"{path}/" if path in self.folders else path,
            "headers": [header for header in scope["headers"] if header[0] not in REQUEST_DROP],
            # Makes StaticFiles name the file instead of reading it: the name is the key of the cache.
            "extensions": {**(scope.get("extensions") or {}), "http.response.pathsend": {}},
        }

    def _template(self, path: str) -> list[str]:
        if path not in self.templates:  # built files do not change while the process lives
            self.templates[path] = template(Path(path).read_text("utf-8"))
        return self.templates[path]

    async def _finish(self, scope: Scope, start: Message, parts: list[str], send: Send) -> None:
        nonce = secrets.token_urlsafe(18)
        body = nonce.join(parts).replace(TAG, scope.get(TAG_KEY, "nobody")).encode()
        rule = next(rule for prefix, rule in self.policies if scope["path"].startswith(prefix))
        headers = [header for header in start["headers"] if header[0] not in RESPONSE_DROP]
        headers += [
            (b"cache-control", NEVER),
            *self.endpoints,
            (b"content-security-policy", nonce.join(rule).encode()),
            (b"content-length", b"%d" % len(body)),
        ]
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _indexes(static: Path) -> list[Path]:
    return list(static.rglob("*/index.html")) if static.is_dir() else []


def _may_be_page(path: str) -> bool:
    leaf = path.rpartition("/")[2]
    return ("." not in leaf or leaf.endswith(".html")) and not path.startswith("/_event")


def _is_html(start: Message) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/html") for name, value in start["headers"])
