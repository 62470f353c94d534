"""Settings: complete in .env.example, one clear line per mistake, and no way into production with local keys."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from contractflow.config import EX_CONFIG, Settings
from contractflow.ops import local
from contractflow.ops.serving import ROOT, state_url

PRODUCTION = {
    "environment": "production",
    "base_url": "https://app.example.com",
    "session_keys": "a:" + "s" * 40,
    "link_key": "l" * 40,
    "data_keys": "a:" + "d" * 40,
    "seal_p12": "seal.p12",
    "paddle_api_key": "p",
    "paddle_webhook_secret": "p",
    "turnstile_site_key": "t",
    "turnstile_secret": "t",
}
WITHOUT_A_NAME_OF_OURS = {"paddle_test_mode"}


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting from the environment or from somebody's .env."""
    for name in [name for name in os.environ if name.startswith("CONTRACTFLOW_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_env_example_explains_every_setting_and_no_other() -> None:
    text = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^#?CONTRACTFLOW_(\w+)=", text, re.MULTILINE))
    assert named == {name.upper() for name in Settings.model_fields} - {
        name.upper() for name in WITHOUT_A_NAME_OF_OURS
    }


def test_the_values_in_env_example_are_the_defaults(bare: None) -> None:
    text = (ROOT / ".env.example").read_text()
    shown = dict(re.findall(r"^CONTRACTFLOW_(\w+)=(.*)$", text, re.MULTILINE))
    assert Settings(**{name.lower(): value for name, value in shown.items()}) == Settings()


def test_every_mistake_gets_one_line_without_its_value() -> None:
    wrong = {"CONTRACTFLOW_BASE_URL": "ftp://secret-place", "CONTRACTFLOW_LOG_LEVEL": "loud"}
    done = subprocess.run(
        [sys.executable, "-c", "from contractflow.config import settings; settings()"],
        env=os.environ | wrong, capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert done.returncode == EX_CONFIG
    lines = done.stderr.splitlines()
    assert [line.split(":")[0] for line in lines] == ["CONTRACTFLOW_BASE_URL", "CONTRACTFLOW_LOG_LEVEL"]
    assert "secret-place" not in done.stderr


def test_production_starts_with_everything_set(bare: None) -> None:
    assert Settings(**PRODUCTION).environment == "production"


@pytest.mark.parametrize("name", sorted(set(PRODUCTION) - {"environment", "base_url", "paddle_api_key"}))
def test_production_does_not_start_without(bare: None, name: str) -> None:
    rest = {key: value for key, value in PRODUCTION.items() if key != name}
    with pytest.raises(ValidationError, match=name.upper()):
        Settings(**rest)


def test_a_server_that_bills_nobody_needs_nothing_of_paddle(bare: None) -> None:
    rest = {key: value for key, value in PRODUCTION.items() if not key.startswith("paddle")}
    assert Settings(**rest).tier_without_billing == "unlimited"
    with pytest.raises(ValidationError, match="PADDLE_API_KEY, PADDLE_WEBHOOK_SECRET"):
        Settings(**rest, paddle_prices="growth:month=pri_1")


@pytest.mark.parametrize(
    "wrong", ["pri_1", "growth=pri_1", "huge:month=pri_1", "growth:week=pri_1", "growth:month="]
)
def test_prices_that_nobody_could_sell_are_a_mistake(bare: None, wrong: str) -> None:
    with pytest.raises(ValidationError):
        Settings(paddle_prices=wrong)


def test_production_does_not_start_without_https(bare: None) -> None:
    with pytest.raises(ValidationError, match="https"):
        Settings(**PRODUCTION | {"base_url": "http://app.example.com"})


def test_the_sandbox_stands_in_only_for_what_has_no_key(bare: None, tmp_path: Path) -> None:
    def made(**known: str) -> dict[str, str]:
        return local.environment(
            Settings(**known), tmp_path, base_url="http://w", sandbox="http://s", smtp="smtp://m", ai=True
        )

    nothing_set = made()
    assert nothing_set["CONTRACTFLOW_PADDLE_BASE_URL"] == "http://s"
    assert nothing_set["CONTRACTFLOW_GEMINI_BASE_URL"] == "http://s"
    assert nothing_set["CONTRACTFLOW_OPENAI_BASE_URL"] == "http://s/v1"
    assert nothing_set["CONTRACTFLOW_SMTP_URL"] == "smtp://m"

    some_set = made(
        paddle_api_key="real", gemini_api_key="real", smtp_url="smtp://real", turnstile_secret="real"
    )
    assert not [name for name in some_set if re.search("PADDLE|GEMINI|SMTP|TURNSTILE", name)]


def test_local_keys_stay_the_same_and_nobody_else_reads_them(bare: None, tmp_path: Path) -> None:
    def key() -> str:
        made = local.environment(Settings(), tmp_path, base_url="b", sandbox="s", smtp="m", ai=False)
        return made["CONTRACTFLOW_LINK_KEY"]

    assert key() == key()
    assert len(key()) >= 32
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ("redis://:secret@host:6379/0", "redis://:secret@host:6379/1"),
        ("rediss://host:6379", "rediss://host:6379/1"),
        ("redis://host:6379/0?ssl_cert_reqs=none", "redis://host:6379/1?ssl_cert_reqs=none"),
    ],
)
def test_page_state_lives_beside_the_queue(given: str, state: str) -> None:
    assert state_url(given) == state
