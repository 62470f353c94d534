"""Every setting, read once, validated, frozen. `.env.example` explains each one."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

EX_CONFIG = 78  # sysexits.h: something is wrong with the configuration
_SECRETS = Path("/run/secrets")
_PRICE = r"(starter|growth|scale):(month|year)=pri_\w+"
_PRICES = rf"^{_PRICE}(,\s*{_PRICE})*$"
_UNSAFE_KEY = "local-only-not-a-secret-" + "0" * 24


class Settings(BaseSettings):
    """The environment variables `CONTRACTFLOW_*`; files in /run/secrets are read as well."""

    model_config = SettingsConfigDict(
        env_prefix="CONTRACTFLOW_",
        env_file=".env",
        secrets_dir=_SECRETS if _SECRETS.is_dir() else None,
        extra="ignore",
        frozen=True,
    )

    environment: Literal["local", "test", "production"] = "local"
    base_url: str = Field("http://127.0.0.1:8080", pattern=r"^https?://[^/\s]+$")
    trusted_proxies: int = Field(0, ge=0, le=5)
    """How many reverse proxies of ours stand in front: 1 behind Caddy, 0 on a bare port."""
    data_dir: Path = Path(".local")

    database_url: SecretStr = SecretStr("postgresql+psycopg://contractflow@127.0.0.1:5432/contractflow")
    database_pool: int = Field(10, ge=1, le=200)
    admin_database_url: SecretStr | None = None
    """Only for `backup` and `restore`: a login that row-level security does not hold back."""
    backup_key: SecretStr | None = None
    redis_url: SecretStr = SecretStr("redis://127.0.0.1:6379/0")
    """Queue and streams: a Redis that evicts nothing and keeps an append-only file."""
    state_redis_url: SecretStr | None = None
    """Page state, a cache; without it the logical database 1 beside `redis_url`."""

    session_keys: SecretStr = SecretStr(f"k1:{_UNSAFE_KEY}")
    """`kid:secret` pairs, the current one first, separated by commas; secrets of 32 characters or more."""
    link_key: SecretStr = SecretStr(_UNSAFE_KEY)
    """Derives the tokens in mailed links, so that none is ever stored."""
    data_keys: SecretStr = SecretStr(f"d1:{_UNSAFE_KEY}")
    """`kid:secret` pairs like the session's: encrypt what must be secret in the database and read again."""

    gemini_api_key: SecretStr | None = None
    gemini_base_url: str | None = None
    gemini_model: str = "gemini-3.8-flash"
    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    openai_model: str = "gpt-6.1-terra"
    ai_connect_seconds: float = Field(5, gt=0, le=60)
    ai_first_event_seconds: float = Field(20, gt=0, le=300)
    """Between two signs of life before the first text."""
    ai_first_text_seconds: float = Field(60, gt=0, le=600)
    ai_idle_seconds: float = Field(15, gt=0, le=300)
    """Between two pieces of text."""
    ai_total_seconds: float = Field(180, gt=0, le=220)
    """For all vendors of one attempt together; less than the 240 s after which a worker gives a job up."""
    placeholder_seconds: float = Field(3.0, ge=0, le=60)
    """How long the clause library takes to write a contract before the reader's eyes."""
    drafts_at_once: int = Field(50, ge=1, le=500)
    """Per worker process."""
    drain_seconds: float = Field(20, gt=0, le=25)
    """What a draft or a mail gets to end by itself when its worker is told to go; it is killed after thirty."""

    paddle_api_key: SecretStr | None = None
    paddle_base_url: str = "https://api.paddle.com"
    paddle_webhook_secret: SecretStr | None = None
    paddle_prices: str | None = Field(None, pattern=_PRICES)
    """`tier:interval=price` for what organisations can buy, separated by commas; without it nobody is billed."""
    tier_without_billing: Literal["starter", "growth", "scale", "unlimited"] = "unlimited"
    """What every organisation has while nobody is billed."""

    turnstile_site_key: str | None = None
    turnstile_secret: SecretStr | None = None
    turnstile_url: str = "https://challenges.cloudflare.com/turnstile/v0/siteverify"
    turnstile_script_url: str = "https://challenges.cloudflare.com/turnstile/v0/api.js"

    smtp_url: SecretStr = SecretStr("smtp://127.0.0.1:1025")
    mail_webhook_secret: SecretStr | None = None
    """`whsec_…`: with it the mail vendor signs what it tells of mails that came back (docs/runbook.md)."""
    mail_from: str = "no-reply@contractflow.test"

    slack_base_url: str = Field("https://hooks.slack.com", pattern=r"^https?://[^/\s]+$")
    """Where incoming webhooks of Slack live; the sandbox's address locally."""
    webhook_sandbox_url: str | None = Field(None, pattern=r"^https?://[^/\s]+$")
    """The one origin that outgoing webhooks reach although it is private and without TLS: the sandbox's. Not in production."""

    seal_p12: Path | None = None
    """PKCS#12 with the document-sealing certificate; without it a local one is made in `data_dir`."""
    seal_password: SecretStr = SecretStr("")
    tsa_url: str | None = None

    sentry_dsn: SecretStr | None = None
    release: str = "contractflow@local"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    paddle_test_mode: str | None = Field(None, validation_alias="TEST_MODE")
    """Not ours: when it is set, Paddle's SDK silently stops checking how old a webhook is."""

    @field_validator("paddle_test_mode")
    @classmethod
    def _webhooks_are_checked(cls, value: str | None) -> str | None:
        if value is not None:
            raise ValueError("unset TEST_MODE: with it, old webhooks of Paddle could be sent again")
        return value

    @model_validator(mode="after")
    def _production_is_complete(self) -> Settings:
        if self.environment != "production":
            return self
        unsafe = [
            name
            for name in ("session_keys", "link_key", "data_keys")
            if _UNSAFE_KEY in getattr(self, name).get_secret_value()
        ]
        needed = ["seal_p12", "turnstile_site_key", "turnstile_secret"]
        if self.paddle_api_key or self.paddle_prices:
            needed += ["paddle_api_key", "paddle_webhook_secret"]
        missing = [name for name in needed if getattr(self, name) is None]
        if unsafe or missing:
            raise ValueError(
                "must be set in production: " + ", ".join(n.upper() for n in [*unsafe, *missing])
            )
        if not self.base_url.startswith("https://") or not self.slack_base_url.startswith("https://"):
            raise ValueError("BASE_URL and SLACK_BASE_URL must be https in production")
        if self.webhook_sandbox_url is not None:
            raise ValueError(
                "WEBHOOK_SANDBOX_URL must not be set in production: outgoing webhooks would reach it"
            )
        return self


@cache
def settings() -> Settings:
    """The settings of this process; ends it with one clear line per mistake (no values) and exit code 78."""
    try:
        return Settings()
    except ValidationError as wrong:
        for error in wrong.errors(include_input=False, include_url=False, include_context=False):
            name = ".".join(str(part) for part in error["loc"]).upper()
            sys.stderr.write(f"CONTRACTFLOW_{name or '*'}: {error['msg']}\n")
        raise SystemExit(EX_CONFIG) from None
