"""Payments on invoices: by bank transfer or card, each counted once, in whole minor units."""

from contractflow.services.payments.checkouts import checkout, checkout_opened, start_checkout
from contractflow.services.payments.confirming import confirm, fail, reverse
from contractflow.services.payments.portal import BankLine, PayPage, ReceiptRow, to_pay
from contractflow.services.payments.transfers import TypedPayment, record, record_typed, report_transfer

__all__ = [
    "BankLine",
    "PayPage",
    "ReceiptRow",
    "TypedPayment",
    "checkout",
    "checkout_opened",
    "confirm",
    "fail",
    "record",
    "record_typed",
    "report_transfer",
    "reverse",
    "start_checkout",
    "to_pay",
]
