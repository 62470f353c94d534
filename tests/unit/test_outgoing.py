"""Outgoing messages without a network: whom we post to, how they are signed, what Slack gets, what the docs say."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import re
import socket

import pytest

from contractflow.config import settings
from contractflow.integrations.outgoing import addresses, signing, slack
from contractflow.integrations.outgoing.addresses import Refused
from contractflow.ops import webhook_docs
from contractflow.services.outgoing.facts import FACTS
from contractflow.services.timeline import WORDS
from contractflow.workflows.events import CHOSEN, EVENTS, TEST, named, news

PRIVATE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.0.192", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1",
    "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::",
    "2001:0:7f00:1::", "64:ff9b:1::a00:1",
]  # fmt: skip
BAD = [
    "", "example.com", "http://example.com/", "ftp://example.com/", "https://", "https:///x", "https://localhost/",
    "https://intranet/", "https://user:secret@example.com/", "https://example.com:22/", "https://example.com:0/",
    "https://example.com:99999/", "https://exa mple.com/", "https://example.com/\nx", "https://example.com\\@evil.test/",
    "https://bücher.example/", "https://[::1]/", "https://[fe80::1%25eth0]/", "https://127.0.0.1/", "https://169.254.169.254/latest",
    "https://[::ffff:10.0.0.1]/", "javascript:alert(1)", "https://" + "a" * 2001 + ".com/",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _production_like(monkeypatch):
    monkeypatch.delenv("CONTRACTFLOW_WEBHOOK_SANDBOX_URL", raising=False)
    monkeypatch.delenv("CONTRACTFLOW_SLACK_BASE_URL", raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_on_the_public_internet_is_refused(address):
    assert not addresses.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_what_is_on_it_is_not(address):
    assert addresses.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("typed", BAD)
def test_an_address_that_we_do_not_post_to_is_refused_with_a_sentence(typed):
    with pytest.raises(Refused, match=r"\.$"):
        addresses.checked(typed)


def test_an_address_is_kept_as_typed_and_shown_without_its_query():
    kept = addresses.checked(" https://hooks.example.com:8443/in?key=1#there ")
    assert kept == "https://hooks.example.com:8443/in?key=1"
    assert addresses.shown(kept) == "https://hooks.example.com:8443/in?…"


@pytest.mark.parametrize(
    "typed",
    ["https://hooks.slack.com.evil.test/services/T/B/x", "https://evil.test/services/T/B/x", "http://hooks.slack.com/services/T",
     "https://hooks.slack.com/workflows/x", "https://hooks.slack.com@evil.test/services/x", "https://hooks.slack.com:444/services/x"],
)  # fmt: skip
def test_slack_is_at_slack(typed):
    with pytest.raises(Refused):
        addresses.checked_slack(typed)


def test_slacks_address_is_not_shown():
    kept = addresses.checked_slack("https://hooks.slack.com/services/T000/B000/verysecretwords")
    assert "secret" not in addresses.shown_slack(kept)


async def test_a_name_that_leads_inside_is_refused_when_it_is_used(monkeypatch):
    """Each time anew, and all of its addresses: one public among private ones helps nobody."""

    async def answer(*names):
        loop = __import__("asyncio").get_running_loop()
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (name, 443)) for name in names]

        async def getaddrinfo(*_asked, **_how):
            return found

        monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)
        return await addresses.resolved("https://hooks.example.com/in")

    target = await answer("93.184.215.14")
    assert (target.numeric, target.host) == ("https://93.184.215.14:443/in", "hooks.example.com")
    for inside in (["127.0.0.1"], ["93.184.215.14", "10.0.0.7"], ["169.254.169.254"], []):
        with pytest.raises(Refused):
            await answer(*inside)


def test_the_sandbox_is_reached_only_where_it_is_set_and_never_in_production(monkeypatch):
    with pytest.raises(Refused):
        addresses.checked("http://127.0.0.1:8081/hooks/x")
    monkeypatch.setenv("CONTRACTFLOW_WEBHOOK_SANDBOX_URL", "http://127.0.0.1:8081")
    settings.cache_clear()
    assert addresses.checked("http://127.0.0.1:8081/hooks/x")
    with pytest.raises(Refused):
        addresses.checked("http://127.0.0.1:8082/hooks/x")
    monkeypatch.setenv("CONTRACTFLOW_ENVIRONMENT", "production")
    settings.cache_clear()
    with pytest.raises(SystemExit):
        settings()


def test_signed_as_the_specification_signs():
    """Its own example: github.com/standard-webhooks/standard-webhooks, "Example signature scheme"."""
    secret, at, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1614265330, b'{"test": 2432232314}'
    signed = signing.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", at, body, [secret])
    assert signed["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    both = signing.headers("msg_1", at, body, [signing.new_secret(), secret])["webhook-signature"]
    assert len(both.split(" ")) == 2


def test_a_new_secret_is_long_enough_and_never_the_same():
    one, other = signing.new_secret(), signing.new_secret()
    assert one != other
    assert len(base64.b64decode(one.removeprefix("whsec_"))) == 32


def test_slack_gets_words_and_no_commands():
    raw = slack.message(
        "“<!channel> *Big* & <https://evil.test|safe>”", "A & B", "https://flow.test/documents/1", 0
    )
    told = json.loads(raw)
    text = told["blocks"][0]["text"]["text"]
    line, link = text.split("\n")
    assert "<" not in line
    assert "&lt;!channel&gt;" in line
    assert "&amp;" in line
    assert "*B" not in line
    assert link == "<https://flow.test/documents/1|Open in ContractFlow>"
    assert "<!channel>" not in told["text"]
    assert len(json.loads(slack.message("x" * 9000, "", "", 0))["blocks"][0]["text"]["text"]) < 3000


def test_every_event_is_a_line_that_the_trail_knows():
    assert [action for action in EVENTS if action not in WORDS] == []
    assert TEST not in CHOSEN
    assert news("document:sign") == "document.signed"
    assert news("comment:add") == ""
    for event in EVENTS.values():
        assert named(event.word).says.format(title="T", number="N", amount="A", name="P")


def test_a_message_names_nobody_and_says_no_words_of_theirs():
    told = {column for facts in FACTS.values() for column in facts.columns}
    assert not told & {
        "email",
        "phone",
        "notes",
        "message",
        "body",
        "memo",
        "closed_reason",
        "decline_reason",
        "brief",
    }
    assert "name" not in FACTS["signer"].columns + FACTS["client"].columns + FACTS["lead"].columns


def test_the_page_about_webhooks_says_what_the_tables_say():
    assert webhook_docs.FILE.read_text("utf-8") == webhook_docs.text(), "run ./cf docs"


def test_the_snippet_of_the_page_believes_us_and_nobody_else():
    """The Python of docs/webhooks.md, run as it stands there."""
    (snippet,) = re.findall(r"```python\n(.*?)```", webhook_docs.FILE.read_text("utf-8"), re.DOTALL)
    scope: dict = {}
    exec(snippet, scope)  # noqa: S102
    verify, secret, body = scope["verify"], signing.new_secret(), b'{"type":"document.signed"}'
    signed = signing.headers("msg_1", 1_000_000, body, [signing.new_secret(), secret])
    assert verify(secret, signed, body, now=1_000_100)
    assert not verify(secret, signed, body + b" ", now=1_000_100)
    assert not verify(signing.new_secret(), signed, body, now=1_000_100)
    assert not verify(secret, signed, body, now=1_000_400)
    assert not verify(secret, {**signed, "webhook-id": "msg_2"}, body, now=1_000_100)
    key = hmac.new(base64.b64decode(secret[6:]), b"msg_1.1000000." + body, hashlib.sha256).digest()
    assert base64.b64encode(key).decode() in signed["webhook-signature"]
