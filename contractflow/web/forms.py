"""A posted form: what was typed, whether a person sent it, and the way back to its page when it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from contractflow.errors import AppError, Invalid
from contractflow.integrations import captcha
from contractflow.permissions import Visitor
from contractflow.web import flash
from contractflow.web.answers import see
from contractflow.web.requests import browser_of
from contractflow.web.storable import is_storable

NOT_WHOLE: Final = "The file did not arrive whole. Please try again."
LONGEST_FIELD: Final = 2100
"""A captcha token is the longest; a password over 128 characters is refused by its own rule."""


def local_path(text: str) -> str:
    """`text` when it is a path on this server, otherwise nothing: nobody is sent elsewhere after signing in."""
    is_local = (
        text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable() and len(text) < 500
    )
    return text if is_local and "\\" not in text else ""


async def require_person(form: Mapping[str, str], action: str, visitor: Visitor) -> None:
    """Ask Turnstile who filled in the form of `action`. Raises Invalid without a clear yes."""
    if not await captcha.verify(form["cf-turnstile-response"], action, visitor.ip):
        raise Invalid("We could not make sure that you are a person. Please try again.")


async def fields(request: Request) -> Mapping[str, str]:
    """The posted texts; a missing one is empty, and files, overlong texts and such as nobody can keep count as missing."""
    posted: FormData = await request.form(max_files=0, max_fields=20)
    return _Fields(
        {name: text for name, text in posted.items() if isinstance(text, str) and _is_usable(text)}
    )


async def posted_file(request: Request, name: str) -> bytes:
    """What the one file of a form holds; its own name and the type it claims are not looked at. Raises Invalid.

    How much may come in all says `web.bodies`.
    """
    try:
        async with request.form(max_files=1, max_fields=5) as posted:
            file = posted.get(name)
            return await file.read() if isinstance(file, UploadFile) else b""
    except (HTTPException, ClientDisconnect):
        raise Invalid(NOT_WHOLE, name) from None


def _is_usable(text: str) -> bool:
    return len(text) <= LONGEST_FIELD and is_storable(text)


class _Fields(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return ""


async def back(
    request: Request, page: str, form: Mapping[str, str], refused: AppError, **query: str
) -> Response:
    """Lead back to `page`, which shows what was typed and why it was refused; `query` is added to its address."""
    field = refused.field if isinstance(refused, Invalid) else ""
    code = await flash.keep(browser_of(request), form, {field or "form": refused.message})
    more = "".join(f"&{name}={quote(value, safe='')}" for name, value in query.items() if value)
    return see(f"{page}?again={code}{more}")
