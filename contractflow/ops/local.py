"""What stands for everything that nobody configured: local keys, and the sandbox for the vendors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from contractflow.config import Settings
from contractflow.ops.processes import free_port
from contractflow.ops.secret_file import secret

# The sandbox's own, public on purpose (contractflow/sandbox/); the captcha's are the vendor's published test keys.
PADDLE_KEYS = {
    "paddle_api_key": "pdl_sdbx_apikey_sandbox",
    "paddle_webhook_secret": "pdl_ntfset_sandbox",
    "paddle_prices": ",".join(
        f"{tier}:{interval}=pri_{tier}_{interval}"
        for tier in ("starter", "growth", "scale")
        for interval in ("month", "year")
    ),
}
TURNSTILE_KEYS = {
    "turnstile_site_key": "1x00000000000000000000AA",
    "turnstile_secret": "1x0000000000000000000000000000000AA",
}


def remembered_port(directory: Path, name: str) -> int:
    """The port this directory used last time while it is free, otherwise another one: copies keep apart."""
    file = directory / "ports.json"
    known: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    port = free_port(known.get(name, 0))
    if known.get(name) != port:
        file.write_text(json.dumps(known | {name: port}))
    return port


def environment(
    known: Settings, directory: Path, *, base_url: str, sandbox: str, smtp: str, ai: bool
) -> dict[str, str]:
    """CONTRACTFLOW_* for what `known` leaves open; `sandbox` is its base URL, `ai`: it answers for the AI as well."""
    local = {
        "base_url": base_url,
        "session_keys": f"local:{secret(directory, 'session')}",
        "link_key": secret(directory, "links"),
        "data_keys": f"local:{secret(directory, 'data')}",
        "smtp_url": smtp,
        "slack_base_url": sandbox,
        "webhook_sandbox_url": sandbox,
        "data_dir": str(directory),
    }
    if known.paddle_api_key is None:
        local |= PADDLE_KEYS | {"paddle_base_url": sandbox}
    if known.turnstile_secret is None:
        local |= TURNSTILE_KEYS | {
            "turnstile_url": f"{sandbox}/turnstile/v0/siteverify",
            "turnstile_script_url": f"{sandbox}/turnstile/api.js",
        }
    if ai and known.gemini_api_key is None:
        local |= {"gemini_api_key": "sandbox", "gemini_base_url": sandbox}
    if ai and known.openai_api_key is None:
        local |= {"openai_api_key": "sandbox", "openai_base_url": f"{sandbox}/v1"}
    return _named({name: value for name, value in local.items() if name not in known.model_fields_set})


def _named(values: Mapping[str, str]) -> dict[str, str]:
    return {f"CONTRACTFLOW_{name.upper()}": value for name, value in values.items()}
