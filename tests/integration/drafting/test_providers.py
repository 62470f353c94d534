"""Every fault of both vendors, through their real SDKs: the reader reads what was written, each character once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from contractflow.broker.breaker import Breaker, states
from contractflow.integrations.ai.brief import Brief
from contractflow.integrations.ai.failover import generate
from contractflow.integrations.ai.gemini import Gemini
from contractflow.integrations.ai.library import compose
from contractflow.integrations.ai.openai import OpenAI
from contractflow.integrations.ai.placeholder import Placeholder
from contractflow.integrations.ai.prompts import write_contract
from contractflow.integrations.ai.words import ProviderError, Timers
from contractflow.ops.processes import free_port

BRIEF = Brief("nda", "Talks", "Northlight", "Acme", "A joint campaign")
ORDER = write_contract(BRIEF)
TIMERS = Timers(connect=20, first_event=20, first_text=30, idle=20, total=60)
HASTY = Timers(connect=20, first_event=2, first_text=3, idle=2, total=60)
"""For vendors that are slow on purpose, and only for those: a busy machine makes everybody slow."""
LATE = 30
FAST = {"interval": 0.001}


@dataclass
class Paper:
    """A screen that remembers."""

    provider: str = ""
    note: str = ""
    text: str = ""
    begins: int = 0
    notes: list[str] = field(default_factory=list)

    def begin(self, provider: str, note: str = "") -> None:
        self.provider, self.note, self.text = provider, note, ""
        self.begins += 1

    def write(self, text: str) -> None:
        self.text += text


@pytest.fixture
async def vendors(sandbox):
    gemini = Gemini("key", "gemini-test", base_url=sandbox.url, timers=TIMERS)
    openai = OpenAI("key", "gpt-test", base_url=f"{sandbox.url}/v1", timers=TIMERS)
    yield [gemini, openai, Placeholder(0.05)]
    await gemini.close()
    await openai.close()


def fault(kind: str, **facts: object) -> dict[str, object]:
    return {"kind": kind, **FAST, **facts}


# fmt: off
BEFORE_THE_FIRST_WORD = [
    # fault                                                        recorded
    (fault("401"),                                                 ["auth"]),
    (fault("403"),                                                 ["auth"]),
    (fault("400"),                                                 ["bad_request"]),
    (fault("429"),                                                 ["rate_limited"]),
    (fault("429", retry_after=2),                                  ["rate_limited"]),
    (fault("quota"),                                               ["quota"]),
    (fault("slow_first", delay=LATE),                              ["slow_start"]),
    (fault("refusal"),                                             ["declined"]),
    (fault("truncate", at=0),                                      ["cut_off"]),
    (fault("stall", at=0, delay=LATE),                             ["slow_start"]),
]
WORTH_ASKING_AGAIN = [
    (fault("500"),                 "overloaded"),
    (fault("503"),                 "overloaded"),
    (fault("reset", at=0),         "connection_lost"),
    (fault("drop", at=0),          "connection_lost"),
    (fault("error_event", at=0),   "overloaded"),
    (fault("failed", at=0),        "overloaded"),
    (fault("malformed", at=0),     "garbled"),
]
IN_THE_MIDDLE = [
    (fault("stall", delay=LATE),   "went_quiet"),
    (fault("reset"),               "connection_lost"),
    (fault("drop"),                "connection_lost"),
    (fault("truncate"),            "cut_off"),
    (fault("malformed"),           "garbled"),
    (fault("error_event"),         "overloaded"),
    (fault("failed"),              "overloaded"),
    (fault("safety"),              "declined"),
]
# fmt: on


def names(case: object) -> str | None:
    return f"{case['kind']}{'-at-once' if case.get('at') == 0 else ''}" if isinstance(case, dict) else None


def timers(wrong: dict[str, object]) -> Timers:
    return HASTY if "delay" in wrong else TIMERS


def went(outcome) -> list[tuple[str, str]]:
    return [(attempt.provider, attempt.outcome) for attempt in outcome.attempts]


async def test_a_good_day(vendors, sandbox):
    sandbox.faults()
    paper = Paper()
    outcome = await generate(ORDER, vendors, paper, timers=TIMERS)
    assert went(outcome) == [("gemini", "ok")]
    assert paper.text == outcome.text
    assert outcome.text.startswith(compose(BRIEF))
    assert (paper.begins, paper.note, outcome.finish) == (1, "", "stop")
    assert outcome.attempts[0].tokens_out > 0
    assert outcome.attempts[0].first_text_ms is not None


@pytest.mark.parametrize(("wrong", "recorded"), BEFORE_THE_FIRST_WORD, ids=names)
async def test_before_the_first_word_the_next_one_takes_over_in_silence(vendors, sandbox, wrong, recorded):
    sandbox.faults(gemini=[wrong], openai=[fault("pace")])
    paper = Paper()
    outcome = await generate(ORDER, vendors, paper, timers=timers(wrong))
    assert went(outcome) == [*(("gemini", how) for how in recorded), ("openai", "ok")]
    assert paper.text == outcome.text
    assert (paper.begins, paper.note, paper.provider) == (1, "", "openai")


@pytest.mark.parametrize(("wrong", "recorded"), WORTH_ASKING_AGAIN, ids=names)
async def test_what_may_pass_is_asked_once_more(vendors, sandbox, wrong, recorded):
    sandbox.faults(gemini=[wrong, fault("pace")])
    paper = Paper()
    outcome = await generate(ORDER, vendors, paper, timers=TIMERS)
    assert went(outcome) == [("gemini", recorded), ("gemini", "ok")]
    assert paper.text == outcome.text
    assert paper.begins == 1


@pytest.mark.parametrize(("wrong", "recorded"), IN_THE_MIDDLE, ids=names)
@pytest.mark.parametrize("first", ["gemini", "openai"])
async def test_in_the_middle_the_next_one_begins_anew_and_says_so(vendors, sandbox, first, wrong, recorded):
    sandbox.faults(**{first: [wrong], "openai" if first == "gemini" else "gemini": [fault("pace")]})
    order = vendors if first == "gemini" else [vendors[1], vendors[0], vendors[2]]
    paper = Paper()
    outcome = await generate(ORDER, order, paper, timers=timers(wrong))
    assert went(outcome) == [(order[0].name, recorded), (order[1].name, "ok")]
    assert paper.text == outcome.text
    assert paper.begins == 2
    assert paper.note.endswith("Starting again from the beginning.")


@pytest.mark.parametrize(("wrong", "recorded"), BEFORE_THE_FIRST_WORD, ids=names)
async def test_openai_is_classified_like_gemini(vendors, sandbox, wrong, recorded):
    sandbox.faults(openai=[wrong])
    outcome = await generate(ORDER, [vendors[1], vendors[2]], Paper(), timers=timers(wrong))
    assert went(outcome) == [*(("openai", how) for how in recorded), ("placeholder", "ok")]


async def test_the_token_limit_is_an_end_not_a_failure(vendors, sandbox):
    for provider in vendors[:2]:
        sandbox.faults(**{provider.name: [fault("max_tokens")]})
        outcome = await generate(ORDER, [provider, vendors[2]], Paper(), timers=TIMERS)
        assert (outcome.provider, outcome.finish) == (provider.name, "length")


async def test_nobody_answers_and_the_clause_library_writes(vendors, sandbox):
    sandbox.faults(gemini=[fault("503"), fault("503")], openai=[fault("safety")])
    paper = Paper()
    outcome = await generate(ORDER, vendors, paper, timers=TIMERS)
    assert outcome.provider == "placeholder"
    assert paper.text == outcome.text == compose(BRIEF)
    assert "OpenAI declined to go on" in paper.note


async def test_nobody_listens_at_the_vendors_address(vendors):
    closed = Gemini("key", "gemini-test", base_url=f"http://127.0.0.1:{free_port()}", timers=TIMERS)
    outcome = await generate(ORDER, [closed, vendors[2]], Paper(), timers=TIMERS)
    assert went(outcome)[:2] == [("gemini", "no_connection")] * 2
    await closed.close()


async def test_an_open_breaker_is_not_asked_and_one_probe_closes_it(vendors, sandbox, redis):
    breaker = Breaker(redis)
    sandbox.faults(gemini=[fault("quota")], openai=[fault("pace")] * 3)
    await generate(ORDER, vendors, Paper(), breaker=breaker, timers=TIMERS)
    outcome = await generate(ORDER, vendors, Paper(), breaker=breaker, timers=TIMERS)
    assert went(outcome) == [("gemini", "skipped"), ("openai", "ok")]
    await redis.hset("cf:breaker:gemini", "open_until", "1")
    sandbox.faults(gemini=[fault("pace")])
    assert went(await generate(ORDER, vendors, Paper(), breaker=breaker, timers=TIMERS)) == [("gemini", "ok")]
    assert not states(["gemini"])[0].is_open


async def test_when_even_the_last_one_fails_it_is_said(vendors, sandbox):
    sandbox.faults(gemini=[fault("401")])
    with pytest.raises(ProviderError):
        await generate(ORDER, [vendors[0]], Paper(), timers=TIMERS)


async def test_a_stopped_draft_closes_its_connection(vendors, sandbox):
    for provider in vendors[:2]:
        sandbox.faults(**{provider.name: [fault("stall", delay=30)]})
        paper = Paper()
        writing = asyncio.create_task(generate(ORDER, [provider, vendors[2]], paper, timers=Timers()))
        while not paper.text:
            await asyncio.sleep(0.01)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        await provider.close()
