"""What proves, besides a password, that somebody is who they say: each person's own."""

from contractflow.services.factors.devices import DAYS as TRUST_DAYS
from contractflow.services.factors.devices import TRUST_SECONDS, forget_device, is_trusted, trust
from contractflow.services.factors.losing import forget_factors
from contractflow.services.factors.passkeys import (
    add_passkey,
    creation_options,
    prove_by_passkey,
    remove_passkey,
    rename_passkey,
    request_options,
    whose_passkey,
)
from contractflow.services.factors.proving import Ways, confirmed, prove_by_code, ways
from contractflow.services.factors.reading import DeviceRow, PasskeyRow, SecurityPage, page
from contractflow.services.factors.recovery import renew_recovery_codes
from contractflow.services.factors.requiring import PolicyPage, policy_page, require_of_everybody
from contractflow.services.factors.rows import standing
from contractflow.services.factors.totp import enable_totp, offer_totp, remove_totp
from contractflow.services.factors.warning import warn_of_wrong_codes

__all__ = [
    "TRUST_DAYS",
    "TRUST_SECONDS",
    "DeviceRow",
    "PasskeyRow",
    "PolicyPage",
    "SecurityPage",
    "Ways",
    "add_passkey",
    "confirmed",
    "creation_options",
    "enable_totp",
    "forget_device",
    "forget_factors",
    "is_trusted",
    "offer_totp",
    "page",
    "policy_page",
    "prove_by_code",
    "prove_by_passkey",
    "remove_passkey",
    "remove_totp",
    "rename_passkey",
    "renew_recovery_codes",
    "request_options",
    "require_of_everybody",
    "standing",
    "trust",
    "warn_of_wrong_codes",
    "ways",
    "whose_passkey",
]
