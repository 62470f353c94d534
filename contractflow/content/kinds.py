"""The kinds of document there are, and what people call them."""

KINDS = {
    "msa": "Master services agreement",
    "sow": "Statement of work",
    "retainer": "Retainer agreement",
    "proposal": "Proposal",
    "nda": "Non-disclosure agreement",
    "change_order": "Change order",
    "other": "Other agreement",
}
