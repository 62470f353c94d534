"""Where clients' money goes: checked, recorded, and changed by those who may."""

import pytest
from sqlmodel import select

from contractflow import config
from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import Invalid, NotAllowed, Unavailable
from contractflow.models import AuditEvent
from contractflow.services import orgs
from tests import cast
from tests.integration.test_invoices import agencies, trail  # noqa: F401  the fixture

IBAN = "DE89 3704 0044 0532 0130 00"


def doing(actor, verb, **facts):
    with unit_of_work(actor) as work:
        return verb(work, **facts)


def save(actor=cast.adam, **changed):
    doing(actor, orgs.save_bank_details, **{"holder": "Northlight GmbH", "iban": IBAN} | changed)


def test_an_admin_saves_the_bank_details_and_everybody_sees_them(agencies):  # noqa: F811
    for actor in (cast.mia, cast.victor):
        with pytest.raises(NotAllowed, match="Only admins and above"):
            save(actor)
    for _ in range(2):
        save(bic="coba deff", bank="Commerzbank", due_days="30")
    page = doing(cast.victor, orgs.payment_settings)
    assert (page.holder, page.iban, page.bic, page.bank, page.due_days) == (
        "Northlight GmbH",
        IBAN,
        "COBADEFF",
        "Commerzbank",
        "30",
    )
    assert (page.why_not, page.why_not_connect) == (
        "Only admins and above can change the organisation.",
        "Only the owner can connect a payment provider.",
    )
    assert trail(cast.NORTHLIGHT) == [("org:save_bank_details", cast.adam.name)]


def test_the_trail_shows_which_account_it_was_and_not_its_number(agencies):  # noqa: F811
    save(due_days="14")
    save(iban="GB29 NWBK 6016 1331 9268 19", due_days="30")
    with unit_of_work(cast.northlight) as work:
        events = work.db.exec(select(AuditEvent).order_by(AuditEvent.seq)).all()
    assert events[-1].data["changes"] == {"iban": ["… 3000", "… 6819"], "due_days": [14, 30]}
    assert not any(number in event.canonical for event in events for number in ("DE89", "37040044", "GB29"))


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("holder", " ", "Enter the account holder"),
        ("holder", "x" * 71, "at most 70"),
        ("iban", "DE88 3704 0044 0532 0130 00", "check digits"),
        ("bic", "COBADEF", "8 or 11"),
        ("bank", "x" * 71, "at most 70"),
        ("due_days", "soon", "number of days"),
        ("due_days", "9" * 5000, "number of days"),
        ("due_days", "-1", "number of days"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(agencies, field, typed, says):  # noqa: F811
    with pytest.raises(Invalid, match=says) as refusal:
        save(**{field: typed})
    assert refusal.value.field == field
    assert not doing(cast.adam, orgs.payment_settings).has_bank_details


def test_another_agency_keeps_its_own_account(agencies):  # noqa: F811
    save()
    save(cast.rita, holder="Redshift Ltd", iban="GB29 NWBK 6016 1331 9268 19")
    assert doing(cast.adam, orgs.payment_settings).iban == IBAN
    assert doing(cast.rita, orgs.payment_settings).holder == "Redshift Ltd"


def test_the_owner_connects_paddle_after_confirming_what_it_is_for(agencies, monkeypatch):  # noqa: F811
    with pytest.raises(Unavailable):
        doing(cast.olivia, orgs.connect_paddle, is_confirmed=True)
    monkeypatch.setenv("CONTRACTFLOW_PADDLE_API_KEY", "pdl_sdbx_apikey_sandbox")
    config.settings.cache_clear()
    with pytest.raises(NotAllowed, match="Only the owner"):
        doing(cast.adam, orgs.connect_paddle, is_confirmed=True)
    with pytest.raises(Invalid) as refusal:
        doing(cast.olivia, orgs.connect_paddle, is_confirmed=False)
    assert refusal.value.field == "is_confirmed"
    for _ in range(2):
        doing(cast.olivia, orgs.connect_paddle, is_confirmed=True)
    page = doing(cast.victor, orgs.payment_settings)
    assert (page.is_paddle_on, page.paddle_confirmed_by) == (True, cast.olivia.name)
    for _ in range(2):
        doing(cast.olivia, orgs.disconnect_paddle)
    assert not doing(cast.victor, orgs.payment_settings).is_paddle_on
    assert trail(cast.NORTHLIGHT) == [
        ("org:connect_paddle", cast.olivia.name),
        ("org:disconnect_paddle", cast.olivia.name),
    ]
