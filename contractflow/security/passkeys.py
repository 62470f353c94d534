"""Passkeys (WebAuthn): what a browser is asked for, and whether its answer is right. No database, no session.

The person is always verified by the device (a finger, a face, a PIN): a passkey is two factors by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from webauthn.helpers import base64url_to_bytes, exceptions, structs

from contractflow.config import settings
from contractflow.errors import Invalid

NAME: Final = "ContractFlow"
TIMEOUT_MS: Final = 120_000
REFUSED: Final = "This passkey was not accepted. Try again, or use another way."


@dataclass(frozen=True)
class NewPasskey:
    credential_id: bytes
    public_key: bytes
    sign_count: int
    is_synced: bool
    transports: str


def is_possible() -> bool:
    """Whether browsers allow them where the product is: on a named host, over https or on this machine."""
    parts = urlsplit(settings().base_url)
    host = parts.hostname or ""
    is_named = not host.replace(".", "").isdigit() and ":" not in host
    return is_named and (parts.scheme == "https" or host == "localhost" or host.endswith(".localhost"))


def creation_options(
    challenge: bytes, user_id: UUID, email: str, name: str, known: Iterable[bytes]
) -> dict[str, Any]:
    """For `navigator.credentials.create`; a device in `known` does not make a second one."""
    options = webauthn.generate_registration_options(
        rp_id=_host(),
        rp_name=NAME,
        user_id=user_id.bytes,
        user_name=email,
        user_display_name=name,
        challenge=challenge,
        timeout=TIMEOUT_MS,
        attestation=structs.AttestationConveyancePreference.NONE,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(known),
    )
    return _as_json(options)


def request_options(challenge: bytes, known: Iterable[bytes] = ()) -> dict[str, Any]:
    """For `navigator.credentials.get`; without `known` the device offers whichever passkeys it has for us."""
    options = webauthn.generate_authentication_options(
        rp_id=_host(),
        challenge=challenge,
        timeout=TIMEOUT_MS,
        allow_credentials=_descriptors(known),
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return _as_json(options)


def check_creation(answer: Mapping[str, Any], challenge: bytes) -> NewPasskey:
    """The passkey that was made. Raises Invalid."""
    try:
        made = webauthn.verify_registration_response(
            credential=dict(answer),
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=settings().base_url,
            require_user_verification=True,
        )
        told = answer["response"].get("transports") or []
        transports = ",".join(one for one in told if isinstance(one, str) and one.isascii())[:120]
    except _WRONG as wrong:
        raise Invalid(REFUSED) from wrong
    return NewPasskey(
        made.credential_id,
        made.credential_public_key,
        made.sign_count,
        made.credential_backed_up,
        transports,
    )


def credential_of(answer: Mapping[str, Any]) -> bytes:
    """Which passkey an answer says it is from. Raises Invalid."""
    try:
        return base64url_to_bytes(answer["rawId"])
    except _WRONG as wrong:
        raise Invalid(REFUSED) from wrong


def check_answer(
    answer: Mapping[str, Any], challenge: bytes, user_id: UUID, public_key: bytes, sign_count: int
) -> int:
    """The new count of a right answer. Raises Invalid, also for a count that shows a copied passkey."""
    try:
        handle = answer["response"].get("userHandle")
        if handle and base64url_to_bytes(handle) != user_id.bytes:
            raise Invalid(REFUSED)
        proved = webauthn.verify_authentication_response(
            credential=dict(answer),
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=settings().base_url,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except _WRONG as wrong:
        raise Invalid(REFUSED) from wrong
    return proved.new_sign_count


# Whatever a browser sends: the library says it in its own words, and stumbles over what has another shape.
_WRONG: Final = (exceptions.WebAuthnException, ValueError, KeyError, TypeError, AttributeError)


def _host() -> str:
    return urlsplit(settings().base_url).hostname or ""


def _descriptors(known: Iterable[bytes]) -> list[structs.PublicKeyCredentialDescriptor]:
    return [structs.PublicKeyCredentialDescriptor(id=one) for one in known]


def _as_json(options: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return made
