"""docs/tenancy.md is what the attacks got: `./cf docs` writes it."""

from __future__ import annotations

import os
from difflib import unified_diff

from tests.integration.tenancy import table


def test_the_committed_table_is_what_happened(
    gates, keys, jobs, routes_attacked, pages_attacked, services, events, tables
):
    written = table.text(
        {
            "gates": gates, "keys": keys, "jobs": jobs, "routes": routes_attacked, "pages": pages_attacked,
            "services": services, "events": events[:-1], "tables": tables,
        }
    )  # fmt: skip
    if os.environ.get("CF_WRITE_DOCS"):
        table.FILE.write_text(written, "utf-8")
    # Not the texts themselves: pytest would look for their differences for minutes.
    differing = [
        *unified_diff(table.FILE.read_text("utf-8").splitlines(), written.splitlines(), n=0, lineterm="")
    ]
    assert differing == [], "run ./cf docs and commit docs/tenancy.md"
