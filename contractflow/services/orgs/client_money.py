"""The organisation, as far as its clients' money is concerned: the bank account, and cards through its own Paddle."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime

from contractflow.config import settings
from contractflow.content import blocks
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid, Unavailable
from contractflow.integrations.payments.transfer import BankAccount, check_bic, check_iban
from contractflow.models import Org
from contractflow.permissions import Permission as P
from contractflow.permissions import why_not
from contractflow.services.display import When, when
from contractflow.services.moving import locked

DUE_DAYS, LONGEST_DUE_DAYS = 14, 365
NAME_LIMIT = 70  # what a SEPA transfer carries (EPC069-12)

SELLER_CONFIRMATION = (
    "We have our own Paddle seller account, and what we invoice through it is a digital product that Paddle allows. "
    "We know that Paddle does not allow human services such as consulting, design or advertising, and that those "
    "invoices are to be paid by bank transfer."
)


@dataclass(frozen=True)
class PaymentSettings:
    """How clients pay this organisation. The `why_not` sentences are empty for who may change it."""

    holder: str = ""
    iban: str = ""
    bic: str = ""
    bank: str = ""
    due_days: str = str(DUE_DAYS)
    has_bank_details: bool = False
    why_not: str = ""
    is_paddle_on: bool = False
    is_paddle_available: bool = False
    paddle_confirmed_by: str = ""
    paddle_confirmed: When = field(default_factory=When)
    confirmation: str = SELLER_CONFIRMATION
    why_not_connect: str = ""


def payment_settings(work: UnitOfWork) -> PaymentSettings:
    work.require(P.ORG_READ)
    org = work.db.get_one(Org, work.actor.org_id)
    account, paddle = bank_account(org), org.settings.get("paddle") or {}
    return PaymentSettings(
        holder=account.holder if account else org.legal_name or org.name,
        iban=account.spaced_iban if account else "",
        bic=account.bic if account else "",
        bank=account.bank if account else "",
        due_days=str(due_days(org)),
        has_bank_details=account is not None,
        why_not=why_not(work.actor, P.ORG_UPDATE),
        is_paddle_on=takes_cards(org),
        is_paddle_available=paddle_is_available(),
        paddle_confirmed_by=paddle.get("confirmed_by", ""),
        paddle_confirmed=when(_moment(paddle.get("confirmed_at")), work.now, org.timezone),
        why_not_connect=why_not(work.actor, P.PAYMENT_PROVIDER_CONNECT),
    )


def save_bank_details(
    work: UnitOfWork, *, holder: str, iban: str, bic: str = "", bank: str = "", due_days: str = str(DUE_DAYS)
) -> None:
    """Where clients send the money from now on. Raises Invalid with the field that is wrong."""
    work.require(P.ORG_UPDATE)
    account = BankAccount(
        _line(holder, "holder", "the account holder"), check_iban(iban), check_bic(bic), _line(bank, "bank")
    )
    wanted = {"bank": asdict(account), "due_days": _days(due_days)}
    org = _locked_own(work)
    if all(org.settings.get(key) == value for key, value in wanted.items()):
        return
    before = _bank_facts(org)
    org.settings = {**org.settings, **wanted}
    after = _bank_facts(org)
    changes = {fact: (before[fact], after[fact]) for fact in after}
    work.record("org:save_bank_details", "org", org.id, changes=changes)


def connect_paddle(work: UnitOfWork, *, is_confirmed: bool) -> None:
    """Offer cards to clients, once the owner has confirmed what may be sold that way."""
    work.require(P.PAYMENT_PROVIDER_CONNECT)
    if not is_confirmed:
        raise Invalid(
            "Confirm this first; Paddle closes accounts that sell what it does not allow.", "is_confirmed"
        )
    if not paddle_is_available():
        raise Unavailable("Paddle is not set up on this server yet. Your clients pay by bank transfer.")
    org = _locked_own(work)
    if takes_cards(org):
        return
    confirmed = {
        "confirmed_by": work.actor.name,
        "confirmed_at": work.now.isoformat(),
        "text": SELLER_CONFIRMATION,
    }
    org.settings = {**org.settings, "paddle": confirmed}
    changes = {"cards": ("off", "on")}
    work.record("org:connect_paddle", "org", org.id, text=SELLER_CONFIRMATION, changes=changes)


def disconnect_paddle(work: UnitOfWork) -> None:
    """Offer cards no longer. A checkout that is open already still counts when it is paid."""
    work.require(P.PAYMENT_PROVIDER_CONNECT)
    org = _locked_own(work)
    if not org.settings.get("paddle"):
        return
    org.settings = {key: value for key, value in org.settings.items() if key != "paddle"}
    work.record("org:disconnect_paddle", "org", org.id, changes={"cards": ("on", "off")})


def bank_account(org: Org) -> BankAccount | None:
    """Where the organisation's clients send their money, once it is known."""
    account = org.settings.get("bank") or {}
    return BankAccount(**account) if account.get("iban") else None


def _bank_facts(org: Org) -> dict[str, str | int]:
    """What the trail says of the account: enough to see that it is another one, not the number itself."""
    account = bank_account(org)
    return {
        "holder": account.holder if account else "",
        "iban": f"… {account.iban[-4:]}" if account else "",
        "bic": account.bic if account else "",
        "bank": account.bank if account else "",
        "due_days": due_days(org),
    }


def due_days(org: Org) -> int:
    """How long clients have to pay, unless the plan says otherwise."""
    return int(org.settings.get("due_days", DUE_DAYS))


def takes_cards(org: Org) -> bool:
    return bool(org.settings.get("paddle")) and paddle_is_available()


def paddle_is_available() -> bool:
    """Outside production the platform's own key stands in for the organisation's."""
    return settings().environment != "production" and settings().paddle_api_key is not None


def _locked_own(work: UnitOfWork) -> Org:
    assert work.actor.org_id is not None  # noqa: S101  who has a permission has an organisation
    return locked(work, Org, work.actor.org_id, "organisation")


def _line(text: str, field: str, what: str = "") -> str:
    line = " ".join(blocks.clean(text).split())
    if what and not line:
        raise Invalid(f"Enter {what}.", field)
    if len(line) > NAME_LIMIT:
        raise Invalid(f"This is too long: at most {NAME_LIMIT} characters, yours has {len(line):,}.", field)
    return line


def _days(text: str) -> int:
    if not (text.strip().isdecimal() and len(text) <= 10 and int(text) <= LONGEST_DUE_DAYS):
        raise Invalid(f"Enter a number of days from 0 to {LONGEST_DUE_DAYS}.", "due_days")
    return int(text)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
