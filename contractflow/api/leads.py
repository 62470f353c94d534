"""/lead/<slug>: the form on which anybody asks an agency for work, as a page of ours and within a page of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contractflow.config import settings
from contractflow.errors import AppError, Invalid, NotFound, TooMany
from contractflow.permissions import System
from contractflow.security import rate_limits
from contractflow.security.limited_verbs import network
from contractflow.services import leads
from contractflow.services.leads import Enquiry, LeadForm
from contractflow.services.leads.arriving import UTM
from contractflow.web import plain
from contractflow.web.admission import admits
from contractflow.web.answers import see
from contractflow.web.forms import fields, require_person
from contractflow.web.requests import visitor_of
from contractflow.web.rules import PUBLIC
from contractflow.web.threads import perform

HONEYPOT = "homepage"
"""A field nobody sees: whoever fills it in is a robot, and is thanked like everybody else."""
THEMES = ("light", "dark")


@admits(PUBLIC)
async def show(request: Request) -> Response:
    try:
        form, _ = await _form(request)
    except NotFound as nothing:
        return _nothing(request, nothing)
    return _page(request, form, {name: request.query_params.get(name, "")[:100] for name in UTM}, {})


@admits(PUBLIC)
async def send(request: Request) -> Response:
    """Keep the lead and say thanks; what cannot be used is said beside its field, and nothing typed is lost."""
    typed, visitor = await fields(request), visitor_of(request)
    try:
        form, system = await _form(request)
    except NotFound as nothing:
        return _nothing(request, nothing)
    try:
        await rate_limits.hit(
            rate_limits.LEAD_BY_ADDRESS.of(network(visitor.ip)),
            rate_limits.LEAD_BY_ORG.of(str(system.org_id)),
        )
        if not typed[HONEYPOT]:
            await require_person(typed, "lead", visitor)
            await perform(system, leads.submit, _enquiry(typed, form))
    except AppError as refused:
        field = refused.field if isinstance(refused, Invalid) else ""
        status = 429 if isinstance(refused, TooMany) else 422
        return _page(request, form, typed, {field or "form": refused.message}, status)
    return see(f"/lead/{form.slug}?{urlencode({**_frame(request), 'sent': '1'})}")


@admits(PUBLIC)
async def embed(request: Request) -> Response:
    """The one tag for the agency's own site: it puts the form where it stands."""
    form, _ = await _form(request)
    return plain.script("embed.js", {"url": f"{settings().base_url}/lead/{form.slug}", "org": form.org})


async def _form(request: Request) -> tuple[LeadForm, System]:
    """The open form of the address, and as whom it is answered. Raises NotFound."""
    org_id = await perform(visitor_of(request), leads.find, request.path_params["slug"])
    system = System(org_id, "lead form")
    return await perform(system, leads.form), system


def _page(
    request: Request, form: LeadForm, typed: Mapping[str, str], errors: Mapping[str, str], status: int = 200
) -> Response:
    said = settings()
    facts = {
        "form": form, "typed": typed, "errors": errors, "honeypot": HONEYPOT, "utm": UTM,
        "is_sent": request.query_params.get("sent") == "1", "theme": _theme(request),
        "action": f"/lead/{form.slug}?{urlencode(_frame(request))}",
        "site_key": said.turnstile_site_key or "", "turnstile": said.turnstile_script_url,
    }  # fmt: skip
    return plain.page("lead.html", facts, status=status, is_framed="embed" in request.query_params)


def _nothing(request: Request, nothing: NotFound) -> Response:
    facts = {"message": nothing.message, "theme": _theme(request)}
    return plain.page("no_form.html", facts, status=404, is_framed="embed" in request.query_params)


def _theme(request: Request) -> str:
    """What the embedding page asks for; a form within it is light unless it says otherwise."""
    asked = request.query_params.get("theme", "")
    return asked if asked in THEMES else ("light" if "embed" in request.query_params else "")


def _frame(request: Request) -> dict[str, str]:
    return {
        name: request.query_params[name][:10] for name in ("embed", "theme") if name in request.query_params
    }


def _enquiry(typed: Mapping[str, str], form: LeadForm) -> Enquiry:
    return Enquiry(
        **{name: typed[name] for name in ("name", "email", "message", "company", "phone", "budget")},
        answers={question: typed[f"answer_{number}"] for number, question in enumerate(form.questions)},
        utm={name: typed[name] for name in UTM},
    )


routes = [
    Route("/lead/{slug}", show, methods=["GET"]),
    Route("/lead/{slug}", send, methods=["POST"]),
    Route("/lead/{slug}/embed.js", embed, methods=["GET"]),
]
