"""What a client can do with one document, without an account: read, consent, prove the address, sign or decline."""

from contractflow.services.portal.page import PortalPage, follow, one
from contractflow.services.portal.signing import consent, decline, request_code, sign, verify_code

__all__ = [
    "PortalLink",
    "PortalPage",
    "consent",
    "decline",
    "follow",
    "one",
    "open_link",
    "request_code",
    "sign",
    "verify_code",
]
