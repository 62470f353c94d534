"""A mail that does not go out says whether trying again can help."""

import pytest

from contractflow import config
from contractflow.integrations.email import MailRefused, compose, send
from tests.sandbox import Sandbox, free_port


@pytest.fixture(autouse=True)
def _configured(sandbox: Sandbox, monkeypatch):
    sandbox.clear()
    monkeypatch.setenv("CONTRACTFLOW_SMTP_URL", sandbox.smtp_url)
    config.settings.cache_clear()
    yield
    config.settings.cache_clear()


def a_mail(recipient="clara@client.test"):
    return compose(
        "welcome",
        {"name": "Clara Ü"},
        key="1",
        recipient=recipient,
        sender="no-reply@flow.test",
        org="Nördlicht",
        url="https://flow.test/home",
    )


async def test_a_mail_arrives_as_it_was_written(sandbox):
    await send(a_mail())
    mail = sandbox.mail("clara@client.test")[0]
    assert mail["subject"] == "Welcome to ContractFlow"
    assert mail["sender"] == "Nördlicht <no-reply@flow.test>"
    assert "Hello Clara Ü," in mail["text"]
    assert mail["links"] == ["https://flow.test/home"]


@pytest.mark.parametrize(("fault", "permanent"), [("temporary", False), ("permanent", True), ("drop", False)])
async def test_a_refusal_is_permanent_or_not(sandbox, fault, permanent):
    sandbox.faults(smtp=[fault])
    with pytest.raises(MailRefused) as refused:
        await send(a_mail())
    assert refused.value.permanent is permanent
    assert sandbox.mail("clara@client.test") == []


async def test_a_server_that_is_away_is_worth_another_try(monkeypatch):
    monkeypatch.setenv("CONTRACTFLOW_SMTP_URL", f"smtp://somebody:secret@127.0.0.1:{free_port()}")
    config.settings.cache_clear()
    with pytest.raises(MailRefused) as refused:
        await send(a_mail())
    assert not refused.value.permanent
    assert "secret" not in str(refused.value)


async def test_a_password_the_server_does_not_take_is_worth_another_try(sandbox, monkeypatch):
    monkeypatch.setenv("CONTRACTFLOW_SMTP_URL", sandbox.smtp_url.replace("smtp://", "smtp://user:p%40ss@"))
    config.settings.cache_clear()
    with pytest.raises(MailRefused) as refused:
        await send(a_mail())
    assert not refused.value.permanent
