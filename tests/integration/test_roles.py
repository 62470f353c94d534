"""The page of roles says what the table says: nothing is left out, nothing stands twice."""

from contractflow.permissions import GRANTS, Role
from contractflow.services import roles
from tests import cast
from tests.integration.journey import as_
from tests.unit.test_permissions import cells


def test_everybody_sees_the_whole_table_as_it_holds(database):
    for person in (cast.olivia, cast.adam, cast.mia, cast.victor):
        shown = [row for group in as_(person, roles.page) for row in group.rows]
        assert sorted(row.key for row in shown) == sorted(GRANTS)
    answers = {(row.key, role): getattr(row, role.value_text) for row in shown for role in Role}
    assert answers == {(permission, role): answer for permission, role, answer in cells()}


def test_it_is_in_words(database):
    rows = {row.key: row for group in as_(cast.victor, roles.page) for row in group.rows}
    assert rows["document:send"].label == "Send documents"
    assert (rows["document:send"].member, rows["document:send"].admin) == ("own", "yes")
    assert rows["document:approve"].note == "Only who was asked."
    assert rows["audit:export"].note == "Asks anew who you are."
    assert all(row.label and row.label[0].isupper() for row in rows.values())
    assert all(group.rows for group in as_(cast.victor, roles.page))
