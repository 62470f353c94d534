"""The stand-ins behave as the vendors do, and as tests need them."""

import smtplib
from email.message import EmailMessage

import httpx
import pytest

from tests.sandbox import Sandbox, free_port, running_sandbox


@pytest.fixture(autouse=True)
def _clean(sandbox: Sandbox):
    sandbox.clear()


def post(sandbox: Sandbox, to: str, subject: str = "Hello", **headers: str) -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, "Northlight <a@flow.test>", to
    for name, value in headers.items():
        mail[name] = value
    mail.set_content("Open https://flow.test/portal/open/abc, please.")
    mail.add_alternative(
        '<p>Go <a href="https://flow.test/portal/open/abc?a=1&amp;b=2">there</a><script>alert(1)</script>',
        subtype="html",
    )
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="contract.pdf")
    _, _, port = sandbox.smtp_url.rpartition(":")
    with smtplib.SMTP("127.0.0.1", int(port), timeout=10) as server:
        server.send_message(mail)


def test_mail_is_found_by_address_newest_first(sandbox):
    post(sandbox, "Clara <Clara@Client.test>", "First – “ü”")
    post(sandbox, "clara@client.test", "Second")
    post(sandbox, "rita@redshift.test", "Hers")
    second, first = sandbox.mail("clara@client.test")
    assert (first["subject"], second["subject"]) == ("First – “ü”", "Second")
    assert first["to"] == ["clara@client.test"]
    assert first["at"] < second["at"]
    assert first["links"] == [
        "https://flow.test/portal/open/abc?a=1&b=2",
        "https://flow.test/portal/open/abc",
    ]
    assert "please" in first["text"]
    assert "<a href" in first["html"]
    assert len(sandbox.mail("")) == 3


def test_a_mail_can_be_read_as_it_was_sent_without_running_anything(sandbox):
    post(sandbox, "clara@client.test", "<b>Look</b>")
    mail = sandbox.mail("clara@client.test")[0]
    assert "&lt;b&gt;Look&lt;/b&gt;" in httpx.get(sandbox.url).text
    page = httpx.get(f"{sandbox.url}/mail/{mail['id']}").text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    shown = httpx.get(f"{sandbox.url}/mail/{mail['id']}/html")
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert httpx.get(sandbox.url + mail["attachments"][0]["url"]).content == b"%PDF-1.7"
    assert httpx.get(f"{sandbox.url}/mail/nothing").status_code == 404


def test_the_mailbox_offers_to_unsubscribe_as_mail_programs_do(sandbox):
    post(
        sandbox,
        "mia@northlight.test",
        "News",
        **{"List-Unsubscribe": "<https://flow.test/unsubscribe/abc?a=1&b=2>"},
    )
    post(sandbox, "mia@northlight.test", "A code")
    code, news = sandbox.mail("mia@northlight.test")
    assert (code["unsubscribe"], news["unsubscribe"]) == ("", "https://flow.test/unsubscribe/abc?a=1&b=2")
    assert (
        'href="https://flow.test/unsubscribe/abc?a=1&amp;b=2"'
        in httpx.get(f"{sandbox.url}/mail/{news['id']}").text
    )
    assert "Unsubscribe" not in httpx.get(f"{sandbox.url}/mail/{code['id']}").text


def test_a_call_is_kept_when_it_comes_not_when_it_is_answered(sandbox):
    """Else a slow answer to somebody who has long gone would count among the calls of whoever comes next."""
    sandbox.clear()
    sandbox.faults(hooks=[{"kind": "slow", "seconds": 1}])
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{sandbox.url}/hooks/crm", content=b"{}", timeout=0.2)
    assert [call["name"] for call in sandbox.calls()] == ["crm"]


def test_mail_and_checkouts_survive_a_restart(tmp_path):
    ports = free_port(), free_port()
    headers = {"Authorization": "Bearer pdl_sdbx_apikey_sandbox"}
    with running_sandbox(tmp_path, ports=ports) as sandbox:
        post(sandbox, "clara@client.test", "Kept")
        asked = {"items": [{"price_id": "pri_growth_month", "quantity": 1}]}
        made = httpx.post(f"{sandbox.url}/transactions", json=asked, headers=headers).json()["data"]
    with running_sandbox(tmp_path, ports=ports) as sandbox:
        assert [mail["subject"] for mail in sandbox.mail("clara@client.test")] == ["Kept"]
        assert (
            httpx.get(f"{sandbox.url}/transactions/{made['id']}", headers=headers).json()["data"]["id"]
            == made["id"]
        )
        assert "€99.00" in httpx.get(made["checkout"]["url"]).text


@pytest.mark.parametrize(("fault", "code"), [("temporary", 451), ("permanent", 550)])
def test_smtp_refuses_when_asked_to_and_only_then(sandbox, fault, code):
    sandbox.faults(smtp=[fault])
    with pytest.raises(smtplib.SMTPDataError) as refused:
        post(sandbox, "clara@client.test")
    assert refused.value.smtp_code == code
    post(sandbox, "clara@client.test")
    assert len(sandbox.mail("clara@client.test")) == 1


def test_faults_are_shown_and_a_wrong_one_is_refused(sandbox):
    sandbox.faults(paddle=["dup", {"kind": "late", "seconds": 2}])
    assert httpx.get(f"{sandbox.url}/faults").json()["paddle"] == [
        {"kind": "dup"},
        {"kind": "late", "seconds": 2},
    ]
    assert httpx.post(f"{sandbox.url}/faults", json={"fax": []}).status_code == 400
    assert httpx.post(f"{sandbox.url}/faults", content=b"nonsense").status_code == 400


def test_a_taken_port_is_said_in_one_line(sandbox, tmp_path):
    port = int(sandbox.url.rpartition(":")[2])
    with (
        pytest.raises(AssertionError, match="did not start"),
        running_sandbox(tmp_path, ports=(port, free_port())),
    ):
        pass


@pytest.mark.parametrize(
    ("secret", "token", "code"),
    [
        ("1x0000000000000000000000000000000AA", "XXXX.DUMMY.TOKEN.XXXX", None),
        ("2x0000000000000000000000000000000AA", "XXXX.DUMMY.TOKEN.XXXX", "invalid-input-response"),
        ("3x0000000000000000000000000000000AA", "XXXX.DUMMY.TOKEN.XXXX", "timeout-or-duplicate"),
        ("9x", "XXXX.DUMMY.TOKEN.XXXX", "invalid-input-secret"),
        ("1x0000000000000000000000000000000AA", "forged", "invalid-input-response"),
        ("1x0000000000000000000000000000000AA", "", "missing-input-response"),
        ("", "XXXX.DUMMY.TOKEN.XXXX", "missing-input-secret"),
    ],
)
def test_turnstile_answers_its_test_keys_as_documented(sandbox, secret, token, code):
    asked = {"secret": secret, "response": token}
    for more in ({"data": asked}, {"json": asked}):
        answer = httpx.post(f"{sandbox.url}/turnstile/siteverify", **more).json()
        assert answer["success"] is (code is None)
        assert answer["error-codes"] == ([code] if code else [])


def test_turnstile_serves_a_script_that_says_what_it_is(sandbox):
    script = httpx.get(f"{sandbox.url}/turnstile/api.js?render=explicit")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "Sandbox" in script.text
