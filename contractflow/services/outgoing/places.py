"""Where an endpoint's secrets stand, as the vault is told (security.vault)."""

from __future__ import annotations

from uuid import UUID


def target(endpoint_id: UUID) -> str:
    return f"endpoint-target:{endpoint_id}"


def secret(endpoint_id: UUID) -> str:
    return f"endpoint-secret:{endpoint_id}"


def former_secret(endpoint_id: UUID) -> str:
    return f"endpoint-former-secret:{endpoint_id}"
