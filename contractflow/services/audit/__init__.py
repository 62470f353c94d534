"""The trail of one organisation: reading it, proving it, taking it away. `work.record` writes it."""

from contractflow.services.audit.areas import KINDS
from contractflow.services.audit.exporting import Export, Form, Part, csv_part, export, json_part
from contractflow.services.audit.heads import Comparison, compare, head
from contractflow.services.audit.narrowing import Wanted
from contractflow.services.audit.reading import AuditPage, page
from contractflow.services.audit.verifying import Standing, begin, conclude, go_on, standing, verify

__all__ = [
    "KINDS",
    "AuditPage",
    "Comparison",
    "Export",
    "Form",
    "Part",
    "Standing",
    "Wanted",
    "begin",
    "compare",
    "conclude",
    "csv_part",
    "export",
    "go_on",
    "head",
    "json_part",
    "page",
    "standing",
    "verify",
]
