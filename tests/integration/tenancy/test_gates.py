"""Functions that run as somebody else, called without a proof; keys, which see the rows of everybody."""

from __future__ import annotations


def test_no_gate_opens_without_a_proof(gates):
    assert [str(answer) for answer in gates if answer.wrong] == []
    assert len(gates) > 25


def test_no_row_refers_to_one_of_another_organisation(keys):
    assert [str(answer) for answer in keys if answer.wrong] == []
    assert len([answer for answer in keys if answer.said == "refused by a foreign key"]) > 30
