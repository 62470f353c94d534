"""`contractflow keys`: a rotation signs nobody out, a dropped key opens nothing, and no secret is shown in passing."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

import pytest

from contractflow.errors import Invalid
from contractflow.ops import keys
from contractflow.security.keyring import parse_keys

OLD = "k1:" + "o" * 40


@pytest.fixture
def file(tmp_path):
    kept = tmp_path / "session_keys"
    kept.write_text(OLD + "\n")
    kept.chmod(0o644)
    return kept


def ring(file):
    return parse_keys(file.read_text())


def test_a_cookie_of_the_old_key_opens_until_that_key_is_dropped(file):
    old = ring(file)
    cookie = old.seal("member", "secret")
    assert "signs from now on" in keys.rotate(file)
    both = ring(file)
    assert both.current != "k1"
    assert both.open("member", cookie) == "secret"
    renewed = both.seal("member", "secret")
    assert renewed.split(".")[1] == both.current
    assert old.open("member", renewed) is None
    keys.drop("k1", file)
    assert ring(file).open("member", cookie) is None
    assert ring(file).open("member", renewed) == "secret"


def test_the_file_is_its_owners_only_and_nothing_is_left_beside_it(file):
    keys.rotate(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_processes_that_restart_one_by_one_understand_each_other(file):
    before = ring(file)
    keys.add(file)
    added = ring(file)
    assert (added.current, len(added.keys)) == ("k1", 2)
    fresh = list(added.keys)[1]
    keys.use(fresh, file)
    used = ring(file)
    for signs, opens in ((before, added), (added, before), (added, used), (used, added)):
        assert opens.open("member", signs.seal("member", "secret")) == "secret"
    assert used.current == fresh


def test_several_a_day_have_ids_of_their_own(file):
    for _ in range(3):
        keys.rotate(file)
    ids = list(ring(file).keys)
    assert len(ids) == len(set(ids)) == 4
    assert ids[2] + "b" == ids[1]
    assert keys.listed(file).splitlines()[0] == f"{ids[0]}  signs"


def test_the_key_that_signs_and_one_that_is_not_there_are_not_dropped(file):
    for kid, words in (("k1", "rotate first"), ("k9", "There is no key k9")):
        with pytest.raises(Invalid, match=words):
            keys.drop(kid, file)
    with pytest.raises(Invalid, match="There is no key k9"):
        keys.use("k9", file)
    assert file.read_text() == OLD + "\n"


@pytest.mark.parametrize("text", ["", "k1:short", "no-colon", "k 1:" + "x" * 40])
def test_what_are_no_keys_is_said_without_repeating_them(file, text):
    file.write_text(text)
    with pytest.raises(Invalid) as refused:
        keys.rotate(file)
    assert not text or text not in refused.value.message
    assert file.read_text() == text


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "contractflow", "keys", *words],
        env=os.environ | {"CONTRACTFLOW_SESSION_KEYS": OLD, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_without_a_file_the_new_value_is_printed_and_a_list_shows_no_secret():
    name, _, value = run("rotate").stdout.strip().partition("=")
    assert name == "CONTRACTFLOW_SESSION_KEYS"
    assert value.endswith("," + OLD)
    assert list(parse_keys(value).keys)[1] == "k1"
    assert run("list").stdout == "k1  signs\n"
    assert "o" * 40 not in run("list", CONTRACTFLOW_SESSION_KEYS=value).stdout


def test_what_cannot_be_done_is_said_and_the_command_fails(tmp_path):
    for words in (("drop", "k1"), ("rotate", "--file", str(tmp_path / "nothing"))):
        refused = run(*words)
        assert refused.returncode == 1
        assert refused.stdout == ""
        assert "o" * 40 not in refused.stderr
