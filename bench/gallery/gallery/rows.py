"""Rows to look at: short, long, and one of ninety characters."""

from __future__ import annotations

from typing import NamedTuple

LONG = "Statement of work for the relaunch of the autumn brand campaign in all of the seven languages"  # 90+


class Person(NamedTuple):
    org_name: str = "Northlight Studio"
    person_name: str = "Maya Chen"
    is_platform_admin: bool = False
    role: str = "Owner"


class DocumentRow(NamedTuple):
    title: str
    status: str
    client: str
    total: str
    ago: str


DOCUMENTS = [
    DocumentRow("Spring campaign", "draft", "Fernhill Outdoor", "€16,000.00", "2 min ago"),
    DocumentRow(LONG, "review", "Baumgartner & Söhne Handelsgesellschaft mbH", "€1,248,000.00", "1 h ago"),
    DocumentRow("Retainer 2027", "sent", "Halden", "€4,200.00", "3 h ago"),
    DocumentRow("Website relaunch", "viewed", "Oakridge Dental", "€38,500.00", "1 d ago"),
    DocumentRow("Social media, Q3", "signed", "Cloudberry", "€9,900.00", "2 d ago"),
    DocumentRow("Product film", "paid", "Fernhill Outdoor", "€22,000.00", "5 d ago"),
    DocumentRow("Trade fair stand", "declined", "Meridian Optics", "€61,750.00", "6 d ago"),
    DocumentRow("Photography", "expired", "Halden", "€2,400.00", "12 Mar 2027"),
    DocumentRow("Podcast pilot", "voided", "Cloudberry", "€7,000.00", "2 Feb 2027"),
]

BLOCKS = [
    (
        "scope",
        "## 1. Scope\n\nThe Agency plans, produces and runs the **spring campaign**.",
        "<h2>1. Scope</h2><p>The Agency plans, produces and runs the <strong>spring campaign</strong> for the Client’s trail range: one film of sixty seconds, four cut-downs of fifteen, and a landing page in three languages. Anything that is not named here is offered in writing before it begins.</p>",
    ),
    (
        "fees",
        "## 2. Fees\n\nThe total fee is €16,000.00.",
        '<h2>2. Fees and payment</h2><p>The total fee is €16,000.00, net of tax, and falls due in three parts:</p><table><tr><th>Part</th><th>When</th><th class="align-right">Amount</th></tr><tr><td>Deposit</td><td>On signature</td><td class="align-right">€4,800.00</td></tr><tr><td>Second part</td><td>When the campaign goes live</td><td class="align-right">€6,400.00</td></tr><tr><td>Remainder</td><td>Thirty days later</td><td class="align-right">€4,800.00</td></tr></table>',
    ),
    (
        "duties",
        "## 3. What we need",
        "<h2>3. What we need from you</h2><ul><li>One person who decides, and who answers within <ins>three</ins><del>five</del> working days.</li><li>The logo, the fonts and the product photographs as files.</li></ul><blockquote>Later answers move every date that depends on them.</blockquote>",
    ),
]
