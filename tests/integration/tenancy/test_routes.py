"""Every HTTP route and page, as Rita, a client of another document, and nobody."""

from __future__ import annotations

from contractflow.web.guard import MEMBERS_ONLY, SIGNERS_ONLY
from tests.integration.tenancy.requests import endpoints, filled, pages


def test_there_is_a_way_to_ask_for_every_route_and_page(world):
    addresses = [filled(path, world.sets()[0]) for path in [*pages(), *(path for _, path in endpoints())]]
    assert not [address for address in addresses if "{" in address or "[" in address]
    assert len(addresses) > 30


def test_no_route_changes_or_tells_anything_of_another_organisation(routes_attacked):
    assert [str(answer) for answer in routes_attacked if answer.wrong] == []


def test_a_file_of_another_organisation_does_not_exist(routes_attacked):
    said = {
        answer.whom: answer.said
        for answer in routes_attacked
        if answer.target == "GET /api/documents/{document_id:uuid}/pdf"
    }
    assert said == {"Rita": "404", "another client": "404", "nobody": "401"}


def test_nobody_is_let_onto_the_pages_of_members_and_of_signers(pages_attacked):
    assert [str(answer) for answer in pages_attacked if answer.wrong] == []
    by_nobody = {answer.target: answer.said for answer in pages_attacked if answer.whom == "nobody"}
    for path, said in by_nobody.items():
        if path.startswith(MEMBERS_ONLY):
            assert said == "303 to /login", path
        if path.startswith(SIGNERS_ONLY):
            assert said == "303 to /portal/closed", path
