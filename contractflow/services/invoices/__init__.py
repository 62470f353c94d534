"""What a client owes: planned with the signature, sent on its day or by hand, settled by payments."""

from contractflow.services.invoices.issuing import issue_due, issue_now, void
from contractflow.services.invoices.planning import plan_out
from contractflow.services.invoices.reading import (
    InvoiceList,
    InvoicePage,
    InvoiceRow,
    PaymentRow,
    list_page,
    of_document,
    one,
)
from contractflow.services.invoices.reminding import attend_overdue, remind, switch_reminders

__all__ = [
    "InvoiceList",
    "InvoicePage",
    "InvoiceRow",
    "PaymentRow",
    "attend_overdue",
    "issue_due",
    "issue_now",
    "list_page",
    "of_document",
    "one",
    "plan_out",
    "remind",
    "switch_reminders",
    "void",
]
