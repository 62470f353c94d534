"""Raw SQL, as somebody who got that far: with the product's roles, and without a WHERE clause."""

from __future__ import annotations

from tests import cast
from tests.integration.tenancy.tables import attack_tables


def test_both_agencies_have_something_in_every_table(ledger):
    """Else an empty answer would prove nothing. What a new table holds is put there by world.py."""
    for org_id in (cast.NORTHLIGHT, cast.REDSHIFT):
        assert [table for table, rows in ledger.counts(org_id).items() if not rows] == []


def test_no_statement_reaches_another_organisations_row(tables):
    assert [str(answer) for answer in tables if answer.wrong] == []


def test_whoever_belongs_there_does_see_and_change_rows(tables):
    """The same statements, so that it is the wall that stops the others."""
    by_rita = {answer.target: answer.said for answer in tables if answer.whom == "Rita"}
    assert by_rita["SELECT document"].startswith("only their own")
    assert by_rita["UPDATE document"] == "only their own"
    assert by_rita["INSERT client"] == "outside row-level security"
    assert by_rita["DELETE document"] == "permission denied"


def test_a_hole_in_one_policy_is_found(world, ledger, postgres):
    with postgres.admin() as admin:
        admin.execute("ALTER POLICY tenant ON lead USING (true) WITH CHECK (true)")
        try:
            found = {str(answer.target) for answer in attack_tables(world, ledger, ["lead"]) if answer.wrong}
        finally:
            admin.execute(
                "ALTER POLICY tenant ON lead USING (org_id = app_org_id()) WITH CHECK (org_id = app_org_id())"
            )
    assert found == {"SELECT lead", "INSERT lead", "UPDATE lead", "move lead"}
