"""One field over everything: what it finds, for whom, and what it never tells."""

import pytest

from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import NotAllowed
from contractflow.permissions import Visitor
from contractflow.services import clients, search
from tests import cast
from tests.integration.journey import a_draft, as_, new_client, statements

pytestmark = pytest.mark.usefixtures("database")


def found(person, text):
    return [(hit.group, hit.words) for hit in as_(person, search.find, text)]


def test_every_word_has_to_fit_somewhere_whatever_its_case():
    document = a_draft()
    (title,) = [hit.words for hit in as_(cast.mia, search.find, "") if hit.href == "/documents/new"]
    assert title == "New document"
    hits = as_(cast.mia, search.find, "WEBSITE bright")
    assert [(hit.group, hit.href) for hit in hits] == [("Documents", f"/documents/{document}")]
    assert as_(cast.mia, search.find, "website nobody") == []


def test_clients_are_found_by_the_people_there():
    as_(
        cast.mia,
        clients.add,
        new_client(name="Helios Coffee", contact_name="Clara Voss", contact_email="cv@helios.test"),
    )
    assert (
        found(cast.mia, "helios")
        == found(cast.mia, "voss")
        == found(cast.mia, "cv@helios")
        == [("Clients", "Helios Coffee")]
    )


def test_colleagues_and_pages_are_found_too():
    assert found(cast.victor, "adam") == [("Team", "Adam Admin")]
    assert found(cast.olivia, "audit") == [("Go to", "Audit log")]


def test_nobody_is_led_where_their_role_may_not_go():
    assert ("Go to", "New document") in found(cast.mia, "")
    assert ("Go to", "New document") not in found(cast.victor, "")
    assert found(cast.victor, "audit") == []


def test_a_rival_finds_nothing_of_ours():
    a_draft()
    for text in ("website", "bright", "mia", "%", "_", "' OR 1=1 --"):
        assert [hit for hit in as_(cast.rita, search.find, text) if hit.group != "Go to"] == [], text


def test_signs_of_patterns_are_only_characters():
    a_draft()
    assert found(cast.mia, "%") == found(cast.mia, "web_ite") == found(cast.mia, "\\") == []


def test_it_stays_short_and_asks_as_often_however_much_there_is():
    for number in range(7):
        as_(cast.mia, clients.add, new_client(name=f"Many {number}"))
    with unit_of_work(cast.mia) as work, statements(work) as seen:
        hits = search.find(work, "many " * 1000)
    assert [hit.words for hit in hits] == [f"Many {number}" for number in range(search.EACH)]
    assert len(seen) <= 4


def test_who_is_nobody_here_finds_nothing():
    with pytest.raises(NotAllowed):
        as_(Visitor(), search.find, "x")
