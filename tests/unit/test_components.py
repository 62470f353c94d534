"""The looks of things: every state has one, and every page can be drawn."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import reflex as rx
from reflex.page import DECORATED_PAGES

from contractflow.components import checklist, pill, table, timeline
from contractflow.components.fields import select_field, text_field
from contractflow.services.audit.values import state_words
from contractflow.services.timeline import WORDS
from contractflow.web.guard import ADMINS_ONLY, MEMBERS_ONLY
from contractflow.workflows.billing import InvoiceStatus, PaymentStatus, SubscriptionStatus
from contractflow.workflows.crm import LeadStatus, ProjectStatus
from contractflow.workflows.document import Approval, Generation, Status
from contractflow.workflows.draft_job import DraftStatus
from contractflow.workflows.signer import SignerStatus
from contractflow.workflows.template import TemplateStatus

CSS = Path("assets/contractflow.css").read_text("utf-8")
SHEETS = {path.name: path.read_text("utf-8") for path in Path("assets").rglob("*.css")}

LOOKS = [
    (Status, pill.DOCUMENT),
    (Approval, pill.APPROVAL),
    (Generation, pill.DRAFT),
    (DraftStatus, pill.DRAFT),
    (SignerStatus, pill.SIGNER),
    (InvoiceStatus, pill.INVOICE),
    (PaymentStatus, pill.PAYMENT),
    (SubscriptionStatus, pill.SUBSCRIPTION),
    (LeadStatus, pill.LEAD),
    (ProjectStatus, pill.PROJECT),
]


@pytest.mark.parametrize(("states", "looks"), LOOKS, ids=lambda value: getattr(value, "__name__", ""))
def test_every_state_of_a_workflow_has_a_pill(states, looks):
    assert {state.value for state in states} <= set(looks)


@pytest.mark.parametrize(
    ("table", "states", "looks"),
    [
        ("document", Status, pill.DOCUMENT),
        ("document", Approval, pill.APPROVAL),
        ("document", Generation, pill.DRAFT),
        ("draft_job", DraftStatus, pill.DRAFT),
        ("signer", SignerStatus, pill.SIGNER),
        ("invoice", InvoiceStatus, pill.INVOICE),
        ("payment", PaymentStatus, pill.PAYMENT),
        ("subscription", SubscriptionStatus, pill.SUBSCRIPTION),
        ("lead", LeadStatus, pill.LEAD),
        ("project", ProjectStatus, pill.PROJECT),
        ("template", TemplateStatus, pill.TEMPLATE),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_audit_log_calls_a_state_what_its_pill_says(table, states, looks):
    assert {state: state_words(table, state) for state in states} == {
        state: looks[state].word for state in states
    }


def test_a_document_has_the_words_that_people_look_for():
    words = [pill.DOCUMENT[status].word for status in Status]
    assert words == ["Draft", "In review", "Sent", "Signed", "Paid", "Declined", "Expired", "Voided"]


def test_no_two_states_of_a_document_look_alike():
    seen = {(pill.DOCUMENT[status].icon, pill.DOCUMENT[status].hue) for status in Status}
    assert len(seen) == len(Status)


def test_every_hue_is_in_the_sheet():
    used = {look.hue for _, looks in LOOKS for look in looks.values()} | {
        hue for _, hue in timeline.KINDS.values()
    }
    assert used - {"slate"} <= set(re.findall(r'\[data-hue="(\w+)"\]', CSS))  # slate is the row for all


def test_every_mark_of_the_trail_is_drawn():
    assert {mark for mark, _ in WORDS.values()} <= set(timeline.KINDS)


def test_every_class_that_a_component_uses_is_in_a_sheet():
    files = [path for path in Path("contractflow").rglob("*.*") if path.suffix in (".py", ".jsx")]
    sources = "".join(path.read_text("utf-8") for path in files)
    styled = set(re.findall(r"\.(cf-[\w-]+)", "".join(SHEETS.values())))
    used = set(re.findall(r"(?<![\w./#$-])(cf-[a-z_]+(?:-[a-z_]+)*)(?=[ \"'`$])", sources))
    names_of_keys = {"cf-unsaved", "cf-turnstile-response"}
    unstyled_on_purpose = {"cf-table__wide", "cf-step__action"}
    assert {name for name in used if name not in styled | names_of_keys | unstyled_on_purpose} == set()


def test_what_a_class_looks_like_stands_in_one_place():
    """Two things of one name would each wear the other's look: the later sheet wins."""
    places = Counter(
        name
        for sheet in SHEETS.values()
        for at_top in re.sub(
            r"/\*.*?\*/|@[^{]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", sheet, flags=re.DOTALL
        ).split("}")
        for name in re.split(r"\s*,\s*", at_top.partition("{")[0].strip())
        if re.fullmatch(r"\.cf-[\w-]+", name)
    )
    assert len(places) > 300
    assert [name for name, number in places.items() if number > 1] == []


def test_sheets_hold_no_foreign_origin_and_no_import():
    for name, sheet in SHEETS.items():
        assert not re.search(r"@import|url\([\"']?(?:https?:)?//", sheet), name


def test_the_error_of_a_field_is_read_out_with_it():
    html = str(text_field("Work email", "email", error="No @ in it", help="Where we write to").render())
    assert "email-error email-help" in html
    assert '"aria-invalid"' in html or "aria-invalid" in html


def test_required_is_the_rule_and_optional_is_said():
    assert "(optional)" not in str(text_field("Name", "name").render())
    assert "(optional)" in str(text_field("Note", "note", required=False).render())


def test_rows_may_be_a_list_or_a_var():
    rows = rx.Var.create([{"label": "EUR", "value": "EUR"}])
    assert select_field("Currency", "currency", rows).render()
    drawn = table.table(
        "One", ["Name"], ["Ann"], lambda name: table.table_row(table.name_cell(name), key=name)
    )
    assert "Ann" in str(drawn.render())


def test_a_done_step_says_so_to_those_who_cannot_see_the_mark():
    assert "Done:" in str(checklist.step("Add a client", "With a contact.", True).render())


@cache
def rendered() -> dict[str, object]:
    """Every page by its route, as it is drawn."""
    import contractflow.pages  # noqa: F401  importing registers them

    pages = {kwargs["route"]: draw for found in DECORATED_PAGES.values() for draw, kwargs in found}
    return {f"/{route.lstrip('/')}": draw().render() for route, draw in pages.items()}


def drawn() -> dict[str, str]:
    return {route: str(page) for route, page in rendered().items()}


def all_props(part: object) -> Iterator[list[str]]:
    """The props of every element in what was drawn."""
    if isinstance(part, dict):
        if isinstance(part.get("props"), list):
            yield part["props"]
        part = list(part.values())
    if isinstance(part, (list, tuple)):
        for inner in part:
            yield from all_props(inner)


def test_every_page_can_be_drawn():
    assert {"/", "/signup", "/login", "/invite/[token]", "/404"} <= set(drawn())
    assert all(drawn().values())


def test_every_page_of_members_and_platform_admins_offers_to_sign_out():
    theirs = {
        route: page for route, page in drawn().items() if route.startswith((*MEMBERS_ONLY, *ADMINS_ONLY))
    }
    assert len(theirs) > 20
    in_between = {"/confirm-identity"}  # a question on the way to a page
    assert [
        route for route, page in theirs.items() if "/auth/logout" not in page and route not in in_between
    ] == []


def test_passwords_are_hidden_and_managers_may_fill_them_in():
    """`password_field` is the only way to ask for one, and nothing stands in the way of pasting."""
    asked = [
        props for page in rendered().values() for props in all_props(page)
        if {'name:"password"', 'name:"present_password"'} & set(props)
    ]  # fmt: skip
    assert len(asked) >= 5
    for props in asked:
        assert 'type:"password"' in props
        assert {'autoComplete:"current-password"', 'autoComplete:"new-password"'} & set(props)
    sources = [path for path in Path("contractflow").rglob("*.*") if path.suffix in (".py", ".jsx")]
    assert not [
        path.name for path in sources if re.search(r"on_?paste", path.read_text("utf-8"), re.IGNORECASE)
    ]
