"""The figures of Analytics, against numbers worked out by hand."""

import csv
import io
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from contractflow.api import api
from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import NotAllowed, NotFound
from contractflow.models import Org
from contractflow.permissions import Visitor
from contractflow.security.sessions import MEMBERS
from contractflow.services import analytics, analytics_files
from tests import builders, cast
from tests.integration.journey import as_, statements

pytestmark = pytest.mark.usefixtures("database")


def month(back=0, day=2):
    """A moment in the month that is `back` months ago."""
    today = datetime.now(UTC)
    at = today.year * 12 + today.month - 1 - back
    return datetime(at // 12, at % 12 + 1, day, 12, tzinfo=UTC)


@pytest.fixture
def figures(postgres):
    """Five documents of two clients: made, sent and signed at known times, in two currencies."""
    with unit_of_work(cast.northlight) as work:
        bright, dull = builders.a_client(work, name="Bright"), builders.a_client(work, name="Dull")
        made = [builders.a_document(work, client) for client in (bright, bright, bright, dull, dull)]
        for document in made:
            builders.a_version(work, document)
        ids = [document.id for document in made]
    rows = (
        # made, reviewed, sent, signed after, paid, currency, total
        (month(1), 1, month(1, 3), timedelta(hours=12), True,  "EUR", 100_00),
        (month(1), 1, month(1, 3), timedelta(hours=36), False, "EUR", 50_00),
        (month(1), 1, month(1, 3), None,                False, "EUR", 900_00),
        (month(2), 0, month(2, 3), timedelta(days=10),  False, "USD", 70_00),
        (month(2), 0, None,        None,                False, "EUR", 10_00),
    )  # fmt: skip
    with postgres.admin() as admin:
        for key, (at, round_, sent, after, is_paid, currency, total) in zip(ids, rows, strict=True):
            signed = sent + after if after else None
            status = "paid" if is_paid else "signed" if signed else "expired" if sent else "draft"
            admin.execute(
                "UPDATE document SET created_at = %s, approval_round = %s, sent_at = %s, signed_at = %s, paid_at = %s,"
                " sent_version_id = current_version_id, status = %s, currency = %s, total_minor = %s WHERE id = %s",
                (at, round_, sent, signed, signed if is_paid else None, status, currency, total, key),
            )
    return bright, dull


def bars(of):
    return [(bar.label, bar.words) for bar in of.bars if not bar.words.startswith(("€0", "$0"))]


def named(at):
    return f"{at:%b %Y}"


def test_how_long_signing_takes(figures):
    page = as_(cast.victor, analytics.page)
    # 12, 36 and 240 hours: the middle is 36; nine tenths lie 0.8 of the way from 36 to 240
    assert (page.median, page.p90, page.signed) == ("1.5 days", f"{(36 + 0.8 * 204) / 24:.1f} days", "3")
    assert as_(cast.victor, analytics.page, client_id=figures[0].id).median == "1.0 days"


def test_how_far_documents_come(figures):
    page = as_(cast.victor, analytics.page, months=3)
    assert [(bar.label, bar.words) for bar in page.funnel] == [
        ("Draft", "5"), ("Review", "4 · 80%"), ("Sent", "4 · 80%"), ("Signed", "3 · 60%"), ("Paid", "1 · 20%"),
    ]  # fmt: skip
    assert [(cohort.month, cohort.counts) for cohort in page.cohorts] == [
        (named(month(2)), ["2", "1", "1", "1", "0"]),
        (named(month(1)), ["3", "3", "3", "2", "1"]),
        (named(month(0)), ["0", "0", "0", "0", "0"]),
    ]
    assert [bar.width for bar in page.funnel] == ["100%", "80%", "80%", "60%", "20%"]
    bright = as_(cast.victor, analytics.page, months=3, client_id=figures[0].id)
    assert [bar.words for bar in bright.funnel] == ["3", "3 · 100%", "3 · 100%", "2 · 67%", "1 · 33%"]


def test_what_was_signed_by_month_each_currency_for_itself(figures):
    euros, dollars = as_(cast.victor, analytics.page).value_signed
    assert (euros.currency, euros.total, bars(euros)) == ("EUR", "€150.00", [(named(month(1)), "€150.00")])
    assert (dollars.total, bars(dollars)) == ("$70.00", [(named(month(2)), "$70.00")])
    assert [of.currency for of in as_(cast.victor, analytics.page, client_id=figures[1].id).value_signed] == [
        "USD"
    ]


def test_what_is_owed_by_how_late_it_is(figures):
    with unit_of_work(cast.northlight) as work:
        document = builders.a_document(work, work.db.merge(figures[0]))
        for number, (late, total) in enumerate(
            [(-3, 1_00), (0, 2_00), (1, 4_00), (30, 8_00), (31, 16_00), (91, 32_00)]
        ):
            invoice = builders.an_invoice(
                work, document, total_minor=total, subtotal_minor=total, plan_key=f"p{number}"
            )
            builders.opened(work, invoice).due_on = work.now.date() - timedelta(days=late)
    (euros,) = as_(cast.victor, analytics.page).receivables
    assert (euros.total, [bar.words for bar in euros.bars]) == (
        "€63.00",
        ["€3.00", "€12.00", "€16.00", "€0.00", "€32.00"],
    )
    assert as_(cast.victor, analytics.page, client_id=figures[1].id).receivables == []


def test_months_are_those_of_the_organisation(figures):
    """Half an hour before midnight in London is the next month in Tokyo."""
    late = month(1, 1) - timedelta(hours=12, minutes=30)
    with unit_of_work(cast.northlight) as work:
        work.db.get_one(Org, cast.NORTHLIGHT).timezone = "Asia/Tokyo"
        builders.a_document(work, created_at=late)
    cohorts = {
        cohort.month: cohort.counts[0] for cohort in as_(cast.victor, analytics.page, months=3).cohorts
    }
    assert (cohorts[named(month(2))], cohorts[named(month(1))]) == ("2", "4")


def test_who_sees_no_invoices_sees_no_figures_and_a_rival_none_of_ours(figures):
    assert as_(cast.rita, analytics.page).is_empty
    with pytest.raises(NotAllowed):
        as_(Visitor(), analytics.page)
    for client in (figures[0].id, uuid4()):
        with pytest.raises(NotFound):
            as_(cast.rita, analytics.page, client_id=client)
    with unit_of_work(cast.victor) as work, statements(work) as seen:
        analytics.page(work)
    assert len(seen) <= 8


async def file(member, **asked):
    """Over HTTP, as the button asks for it."""
    headers = {}
    if member:
        cookie, _ = await MEMBERS.begin(str(member.user_id), {"org": str(member.org_id)})
        headers["cookie"] = f"{MEMBERS.kind.cookie}={cookie}"
    transport = httpx.ASGITransport(app=api())
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        return await client.get("/api/analytics.csv", params=asked, headers=headers)


def lines(answer):
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith("\ufeff".encode()), "Excel needs it"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


async def test_every_table_is_a_file_of_what_the_page_shows(figures, redis):
    asked = {"months": "3", "client": ""}
    answer = await file(cast.victor, table="value-signed", **asked)
    assert answer.headers["content-disposition"] == 'attachment; filename="value-signed.csv"'
    assert [row for row in lines(answer) if row[-1] != "0.00"] == [
        ["Month", "Currency", "Signed"],
        [named(month(1)), "EUR", "150.00"],
        [named(month(2)), "USD", "70.00"],
    ]
    assert lines(await file(cast.victor, table="funnel", **asked))[:3] == [
        ["Stage", "Documents"],
        ["Draft", "5"],
        ["Review", "4"],
    ]
    assert lines(await file(cast.victor, table="months", **asked))[1] == [
        named(month(2)), "2", "1", "1", "1", "0",
    ]  # fmt: skip
    assert (
        lines(await file(cast.victor, table="signing", months="3", client=str(figures[0].id)))[1][0]
        == "1.0 days"
    )
    assert lines(await file(cast.victor, table="receivables")) == [["Age", "Currency", "Open"]]


async def test_who_gets_no_file(figures, redis, monkeypatch):
    client = str(figures[0].id)
    for member, asked, status in (
        (None, {"table": "funnel"}, 401),
        (cast.victor, {"table": "secrets"}, 404),
        (cast.victor, {"table": "funnel", "client": "x"}, 404),
        (cast.rita, {"table": "funnel", "client": client}, 404),
    ):
        assert (await file(member, **asked)).status_code == status, asked
    assert lines(await file(cast.rita, table="funnel"))[1] == ["Draft", "0"]
    dangerous = analytics_files.Table(("x",), lambda _: [("=HYPERLINK(1)",)])
    monkeypatch.setitem(analytics_files.TABLES, "funnel", dangerous)
    assert lines(await file(cast.victor, table="funnel"))[1] == ["'=HYPERLINK(1)"]
