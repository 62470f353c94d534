"""What a client can do with one document, without an account: read, consent, comment, prove the address, sign or decline."""

from contractflow.services.portal.codes import consent, request_code, verify_code
from contractflow.services.portal.comments import PortalThread, PortalThreads, answer, comment, comments
from contractflow.services.portal.page import PortalPage, follow, one
from contractflow.services.portal.signing import decline, sign

__all__ = [
    "PortalPage",
    "PortalThread",
    "PortalThreads",
    "answer",
    "comment",
    "comments",
    "consent",
    "decline",
    "follow",
    "one",
    "request_code",
    "sign",
    "verify_code",
]
