"""The pages of the sandbox: Jinja2 templates with one style sheet, so that nobody takes them for the product."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

_pages = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
)


def page(template: str, http_status: int = 200, **facts: Any) -> HTMLResponse:
    return HTMLResponse(_pages.get_template(template).render(facts), http_status)
