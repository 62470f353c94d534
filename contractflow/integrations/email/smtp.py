"""Handing a mail to the SMTP server of `smtp_url`: smtp:// (STARTTLS when offered) or smtps:// (TLS from the start)."""

from __future__ import annotations

import re
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib

from contractflow.config import settings

_SECONDS = 15.0
_ABOUT_THE_MAIL = re.compile(r"\b5\.(?:[67]\.\d+|3\.4)\b")
_PERMANENT = 500  # RFC 5321: 5yz is "do not try this again", 4yz is "later"


class MailRefused(Exception):
    """The mail did not go out. `permanent` means that trying again cannot help; `is_bounce` that nobody has that address.

    Refusals about this mail (RFC 3463: x.7.x policy, x.3.4 too big, x.6.x its content) say nothing about the address.
    """

    def __init__(self, message: str, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.is_bounce = permanent and _ABOUT_THE_MAIL.search(message) is None


async def send(mail: EmailMessage) -> None:
    """Send `mail` once. Raises MailRefused."""
    url = urlsplit(settings().smtp_url.get_secret_value())
    has_tls = url.scheme == "smtps"
    try:
        await aiosmtplib.send(
            mail,
            hostname=url.hostname or "127.0.0.1",
            port=url.port or (465 if has_tls else 25),
            username=unquote(url.username) if url.username else None,
            password=unquote(url.password) if url.password else None,
            use_tls=has_tls,
            timeout=_SECONDS,
        )
    except aiosmtplib.SMTPRecipientsRefused as refused:
        permanent = all(one.code >= _PERMANENT for one in refused.recipients)
        raise MailRefused(_reasons(refused), permanent) from refused
    except aiosmtplib.SMTPDataError as refused:
        raise MailRefused(f"{refused.code} {refused.message}", refused.code >= _PERMANENT) from refused
    except (aiosmtplib.SMTPException, OSError, ValueError) as problem:
        # Also a refused sender or a wrong password: those are ours to mend, and the mail goes out when they are.
        raise MailRefused(f"{type(problem).__name__}: {problem}", permanent=False) from problem


def _reasons(refused: aiosmtplib.SMTPRecipientsRefused) -> str:
    return "; ".join(f"{one.code} {one.message}" for one in refused.recipients)
