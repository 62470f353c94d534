"""What the trail says of invoices and payments: a part of the table in services/timeline.py."""

from typing import Final

# fmt: off
MONEY: Final[dict[str, tuple[str, str]]] = {
    # action                      mark         what the reader sees after the name of who did it
    "invoice:schedule":           ("invoiced",  "scheduled an invoice"),
    "invoice:issue":              ("invoiced",  "issued an invoice"),
    "invoice:issue_now":          ("invoiced",  "issued an invoice by hand"),
    "invoice:part_pay":           ("invoiced",  "booked a part payment"),
    "invoice:pay":                ("paid",      "settled an invoice"),
    "invoice:reopen":             ("invoiced",  "reopened an invoice"),
    "invoice:void":               ("voided",    "voided an invoice"),
    "invoice:fall_overdue":       ("expired",   "noted that an invoice is overdue"),
    "invoice:remind":             ("sent",      "reminded the client of an invoice"),
    "invoice:switch_reminders":   ("edited",    "turned the reminders of an invoice on or off"),
    "invoice:give_up":            ("voided",    "gave an invoice up"),
    "payment:record":             ("paid",      "recorded a payment"),
    "payment:report":             ("paid",      "reported a bank transfer"),
    "payment:start":              ("paid",      "started to pay by card"),
    "payment:open_checkout":      ("paid",      "opened the card page"),
    "payment:misfit":             ("declined",  "received money that does not fit"),
    "payment:refund":             ("paid",      "sent a part of a payment back"),
    "payment:chargeback":         ("declined",  "lost a part of a payment to a chargeback"),
    "payment:confirm":            ("paid",      "confirmed a payment"),
    "payment:refuse":             ("declined",  "refused a payment"),
    "payment:reverse":            ("paid",      "returned a payment"),
}
# fmt: on
