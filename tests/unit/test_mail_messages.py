"""Every mail: complete, the same words in both layouts, and nothing in a fact that could become a header or markup."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError

from contractflow.integrations.email import KINDS, Attachment, compose, missing_facts, subject
from contractflow.integrations.email.kinds import Link

URL = "https://flow.test/portal/open/abc?x=1&y=2"
FACTS = {name: f"<{name}> & “{name}”" for kind in KINDS.values() for name in kind.facts}
FACTS |= {"code_digits": "123456", "name": "Clara Client", "is_complete": True, "is_member": False}


def a_mail(kind, facts=FACTS, **more):
    url = "" if KINDS[kind].link is Link.NONE else URL
    more = {
        "recipient": "clara@client.test",
        "sender": "no-reply@flow.test",
        "org": "Northlight",
        "url": url,
    } | more
    return compose(kind, facts, key="01930000-0000-7000-8000-000000000001", **more)


def body(mail, kind):
    return mail.get_body((kind,)).get_content()


def words(html):
    found = []
    reader = HTMLParser()
    reader.handle_data = found.append
    reader.feed(re.sub(r"<(style|title).*?</\1>", "", html, flags=re.DOTALL))
    return " ".join(" ".join(found).split())


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_the_same_in_html_and_text(kind):
    mail = a_mail(kind)
    html, text = body(mail, "html"), body(mail, "plain")
    for line in text.replace("\n> ", "\n").splitlines():
        if line and not line.startswith(("http", "--", "[")) and ": " not in line and not line.endswith(":"):
            assert line in words(html)
    if KINDS[kind].link is not Link.NONE:
        assert URL in text
        assert URL.replace("&", "&amp;") in html
    if KINDS[kind].word:
        assert KINDS[kind].word in text
        assert KINDS[kind].word in words(html)


@pytest.mark.parametrize("kind", KINDS)
def test_what_people_typed_never_becomes_markup(kind):
    html = body(a_mail(kind), "html")
    assert not re.search(r"<(title|label|org|message|reason|comment|signer|client)> &", html)


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_fact_is_noticed(kind):
    for fact in KINDS[kind].facts:
        left = {name: value for name, value in FACTS.items() if name != fact}
        assert missing_facts(kind, left) == [fact]


def test_a_kind_that_does_not_exist_is_a_bug():
    with pytest.raises(LookupError):
        missing_facts("sing_request", FACTS)


def test_a_template_never_prints_a_fact_it_was_not_given():
    with pytest.raises(UndefinedError):
        a_mail("invoice", {"name": "Clara", "number": "1", "total": "€1"})


def test_nothing_starts_another_header():
    nasty = "Hi\r\nBcc: everybody@world.test\u2028X: y"
    mail = a_mail("sign_request", {**FACTS, "title": nasty, "name": nasty}, org=nasty)
    assert mail["Bcc"] is None
    head = mail.as_bytes().split(b"\r\n\r\n")[0]
    assert not re.search(rb"(?im)^(bcc|x):", head)
    assert "Hi Bcc: everybody@world.test X: y" in mail["Subject"]


@pytest.mark.parametrize(
    "address", ["", "no-at-sign", "a@b.test\r\nBcc: c@d.test", "a@b.test, c@d.test", "<a@b.test>"]
)
def test_an_address_is_one_address(address):
    with pytest.raises(ValueError, match="not one address"):
        a_mail("sign_request", recipient=address)


def test_a_long_title_keeps_the_subject_short():
    assert len(subject("sign_request", {**FACTS, "title": "x" * 5000})) <= 180


def test_the_same_notification_is_the_same_message():
    first, second = a_mail("invoice"), a_mail("invoice")
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@flow.test>")


def test_a_message_with_a_button_needs_its_link():
    with pytest.raises(ValueError, match="needs its link"):
        a_mail("invoice", url="")


def test_the_sealed_pdf_travels_along():
    mail = a_mail("completed", attachments=[Attachment("Contract\r\n.pdf", b"%PDF-1.7")])
    file = next(mail.iter_attachments())
    assert (file.get_content_type(), file.get_content()) == ("application/pdf", b"%PDF-1.7")
    assert "is attached" in body(mail, "plain")
    assert "ready to download" in body(a_mail("completed"), "plain")


def test_nothing_is_fetched_when_a_mail_is_opened():
    for kind in KINDS:
        html = body(a_mail(kind), "html")
        assert not re.search(r"<(img|link|script|iframe)\b|url\(", html)


HEAD = "1234:" + "9f" * 32


@pytest.mark.parametrize("kind", KINDS)
def test_every_mail_carries_the_head_of_the_trail(kind):
    mail = a_mail(kind, chain=HEAD)
    assert mail["X-ContractFlow-Audit-Trail"] == HEAD
    for layout in ("html", "plain"):
        is_printed = "Audit trail of Northlight: entry 1,234" in body(mail, layout)
        assert is_printed == ("9f" * 32 in body(mail, layout)) == KINDS[kind].in_feed
    assert a_mail(kind)["X-ContractFlow-Audit-Trail"] is None
    assert "Audit trail" not in body(a_mail(kind), "plain")


class Parts(HTMLParser):
    """The elements and the attributes of a mail, in order, without the texts."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, sorted(name for name, _ in attrs)))


def parts(html):
    reader = Parts()
    reader.feed(html)
    return reader.found


HOSTILE = st.one_of(
    st.sampled_from(
        [
            "<script>x()</script>",
            '"><img src=x onerror=x()>',
            "</title><svg/onload=x()>",
            "{{ 7*7 }}{% raw %}",
            "]]>-->",
            "<!--",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None)
@given(typed=HOSTILE)
def test_no_text_adds_an_element_to_a_mail_or_a_line_to_its_head(kind, typed):
    """Whoever names a contract, an agency or themselves writes into other people's mailboxes."""
    facts = {n: value if isinstance(value, bool) else f"x{typed}x" for n, value in FACTS.items()}
    plain = {n: value if isinstance(value, bool) else "xx" for n, value in FACTS.items()}
    mail, harmless = a_mail(kind, facts, org=f"x{typed}x"), a_mail(kind, plain, org="xx")
    assert list(mail.keys()) == list(harmless.keys())
    but_breaks = [[part for part in parts(body(one, "html")) if part[0] != "br"] for one in (mail, harmless)]
    assert but_breaks[0] == but_breaks[1]
