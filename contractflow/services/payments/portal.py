"""One invoice as the client sees it: what is owed, by when, and each way to pay it."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.models import Document, Invoice, Org, Signer
from contractflow.money import format_amount, format_money
from contractflow.services import orgs
from contractflow.services.display import When, when
from contractflow.services.documents.people import owner_of
from contractflow.services.invoices.issuing import today
from contractflow.services.invoices.reading import amount_words, day, payment_rows, pill, source
from contractflow.services.invoices.settling import open_minor
from contractflow.services.payments.checkouts import takes_cards
from contractflow.services.payments.transfers import signer_of
from contractflow.workflows.billing import UNPAID, PaymentStatus

SHOWN = (PaymentStatus.PENDING, PaymentStatus.SUCCEEDED, PaymentStatus.REVERSED)


@dataclass(frozen=True)
class BankLine:
    """One line of the transfer: `value` as it is read, `copied` as a bank's form takes it."""

    label: str
    value: str
    copied: str


@dataclass(frozen=True)
class ReceiptRow:
    """A payment as the client sees it: nothing of what the agency wrote beside it."""

    id: str
    amount: str
    how: str
    pill: str
    on: str


@dataclass(frozen=True)
class PayPage:
    """`pill` is open, partially_paid, overdue, paid or void."""

    id: str = ""
    heading: str = ""
    number: str = ""
    label: str = ""
    source: str = ""
    org: str = ""
    logo: str = ""
    document_id: str = ""
    pill: str = ""
    amount: str = ""
    """What matters now: what is open, or the whole when nothing is; `amount_words` says which."""
    amount_words: str = ""
    due: str = ""
    memo: str = ""
    issued: When = field(default_factory=When)
    is_payable: bool = False
    is_reported: bool = False
    takes_cards: bool = False
    contact: str = ""
    contact_email: str = ""
    bank: list[BankLine] = field(default_factory=list)
    payments: list[ReceiptRow] = field(default_factory=list)


def to_pay(work: UnitOfWork, invoice_id: UUID) -> PayPage:
    """The invoice as its client may see it. Raises NotFound, also for one that has not gone out."""
    actor = signer_of(work)
    invoice = work.db.get(Invoice, invoice_id)
    if invoice is None or invoice.document_id != actor.document_id or invoice.number is None:
        raise NotFound("invoice")
    signer, document = work.db.get_one(Signer, actor.signer_id), work.db.get_one(Document, actor.document_id)
    org, sender = work.db.get_one(Org, invoice.org_id), owner_of(work, document)
    locale, timezone = signer.locale or document.locale, signer.timezone or org.timezone
    payments, is_payable = payment_rows(work, invoice, org, locale), invoice.status in UNPAID
    return PayPage(
        id=str(invoice.id),
        heading=f"Invoice {invoice.number} for “{document.title}”",
        number=invoice.number,
        label=invoice.label,
        source=source(invoice),
        org=org.name,
        logo=orgs.logo_address(org),
        document_id=str(document.id),
        pill=pill(invoice, today(work, org)),
        amount=format_money(
            open_minor(invoice) if is_payable else invoice.total_minor, invoice.currency, locale
        ),
        amount_words=amount_words(invoice, locale),
        due=day(invoice.due_on),
        memo=invoice.memo or "",
        issued=when(invoice.issued_at, work.now, timezone),
        is_payable=is_payable,
        is_reported=any(p.is_report for p in payments),
        takes_cards=is_payable and takes_cards(org, invoice),
        contact=sender.name,
        contact_email=sender.email,
        bank=_bank(org, invoice, locale) if is_payable else [],
        payments=[ReceiptRow(p.id, p.amount, p.how, p.pill, p.on) for p in payments if p.pill in SHOWN],
    )


def _bank(org: Org, invoice: Invoice, locale: str) -> list[BankLine]:
    account = orgs.bank_account(org)
    if account is None:
        return []
    left = open_minor(invoice)
    lines = [
        (
            "Amount",
            format_money(left, invoice.currency, locale),
            format_amount(left, invoice.currency).replace(",", ""),
        ),
        ("Account holder", account.holder, account.holder),
        ("IBAN", account.spaced_iban, account.iban),
        ("BIC", account.bic, account.bic),
        ("Bank", account.bank, account.bank),
        ("Reference", invoice.number or "", invoice.number or ""),
    ]
    return [BankLine(*line) for line in lines if line[1]]
