"""The reader's fold: the same text whatever is repeated, late, or written by a worker that should be dead."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from contractflow.broker.draft_stream import DraftView

Entry = dict[str, str]


def told(epoch: int, pieces: list[str], status: str | None = None, note: str = "") -> list[Entry]:
    """What a writer of `epoch` says."""
    entries = [{"k": "b", "e": str(epoch), "p": "gemini", "n": note}]
    offset = 0
    for piece in pieces:
        entries.append({"k": "t", "e": str(epoch), "o": str(offset), "t": piece})
        offset += len(piece)
    if status:
        entries.append({"k": "x", "e": str(epoch), "o": str(offset), "s": status, "n": ""})
    return entries


def read(entries: list[Entry]) -> DraftView:
    view = DraftView()
    for entry in entries:
        view.fold(entry)
    return view


pieces = st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=8)


@given(st.lists(pieces, min_size=1, max_size=4))
def test_the_last_writer_is_what_is_read(attempts):
    entries = [entry for epoch, parts in enumerate(attempts, 1) for entry in told(epoch, parts)]
    entries += told(len(attempts), attempts[-1], "ready")[-1:]
    view = read(entries)
    assert view.text == "".join(attempts[-1])
    assert view.status == "ready"
    assert not view.has_gap


@given(st.lists(pieces, min_size=1, max_size=4), st.data())
def test_repeated_and_late_entries_change_nothing(attempts, data):
    """Entries keep their order within an epoch; repeats and leftovers of dead epochs turn up anywhere later."""
    entries: list[Entry] = []
    for epoch, parts in enumerate(attempts, 1):
        for entry in told(epoch, parts):
            entries.append(entry)
            again = data.draw(st.lists(st.sampled_from(entries), max_size=3))
            entries.extend(again)
    assert read(entries).text == "".join(attempts[-1])


@given(pieces, st.integers(min_value=0, max_value=50))
def test_a_late_joiner_who_reads_everything_twice_reads_the_same(parts, repeats):
    entries = told(7, parts, "ready")
    assert read(entries + entries[: repeats % len(entries)] + entries).text == "".join(parts)


@given(st.text(min_size=1, max_size=60), st.data())
def test_overlapping_repeats_after_a_lost_answer_are_trimmed(text, data):
    """A writer that never heard the answer repeats from where it was sure, cut differently."""
    view = DraftView()
    view.fold({"k": "b", "e": "101", "p": "gemini", "n": ""})
    said = 0
    while said < len(text):
        end = data.draw(st.integers(min_value=said + 1, max_value=len(text)))
        start = data.draw(st.integers(min_value=0, max_value=said))
        view.fold({"k": "t", "e": "101", "o": str(start), "t": text[start:end]})
        said = end
    assert view.text == text


def test_a_hole_is_noticed_not_papered_over():
    view = read([*told(1, ["abc"]), {"k": "t", "e": "1", "o": "5", "t": "fgh"}])
    assert view.text == "abc"
    assert view.has_gap


def test_the_reader_learns_why_it_starts_again():
    view = read([*told(101, ["half a con"]), *told(102, ["whole"], note="Gemini went quiet.")])
    assert (view.text, view.note) == ("whole", "Gemini went quiet.")


def test_a_zombie_cannot_end_the_draft():
    view = read([*told(201, ["living"]), *told(101, ["dead"], "failed")])
    assert view.text == "living"
    assert not view.is_over


def test_waiting_for_another_try_is_not_the_end():
    view = read([*told(101, ["half"], "waiting"), *told(201, ["whole"])])
    assert (view.text, view.status) == ("whole", "streaming")
