"""Whom we post to: an address somebody else typed, so never one that only we can reach (OWASP, SSRF).

`checked` reads what was typed. `resolved` asks for the name's addresses right before every post, refuses when one of them
is not public, and answers the one to connect to, so that a name that changes its mind in between leads nowhere.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from contractflow.config import settings

LONGEST: Final = 2000
LEAST_PORT: Final = 1024  # besides 443
_NEVER: Final = tuple(
    ipaddress.ip_network(each)
    for each in ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
"""Besides what Python calls not global: protocol assignments (one cloud keeps its metadata there), and IPv6 that leads to
an IPv4 address written inside it (6to4, NAT64, Teredo)."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Refused(Exception):
    """We do not post there; the message is for the person who typed it."""


@dataclass(frozen=True)
class Target:
    """`host` is the name, `address` where it leads now; both, for the certificate must be the name's."""

    url: SplitResult
    host: str
    port: int
    address: str

    @property
    def numeric(self) -> str:
        """The URL with the address in the place of the name."""
        inside = f"[{self.address}]" if ":" in self.address else self.address
        return self.url._replace(netloc=f"{inside}:{self.port}").geturl()


def checked(typed: str) -> str:
    """The address to keep. Raises Refused."""
    url = _parsed(typed.strip())
    if _is_sandbox(url):
        return url.geturl()
    if url.scheme != "https":
        raise Refused("Give an address that begins with https://.")
    if (port := url.port or 443) != 443 and port < LEAST_PORT:
        raise Refused("Choose port 443, or one from 1024 on.")
    literal = _literal(url.hostname or "")
    if literal is not None and not is_public(literal):
        raise Refused("This address is not on the public internet.")
    if literal is None and "." not in (url.hostname or "").rstrip("."):
        raise Refused("This name is not on the public internet.")
    return url.geturl()


def checked_slack(typed: str) -> str:
    """The address of an incoming webhook of Slack, and of nobody else. Raises Refused."""
    url, base = _parsed(typed.strip()), urlsplit(settings().slack_base_url)
    is_slack = (url.scheme, url.netloc) == (base.scheme, base.netloc) and url.path.startswith("/services/")
    if not is_slack or url.query:
        raise Refused(f"Paste the webhook URL that Slack shows: {settings().slack_base_url}/services/…")
    return url.geturl()


async def resolved(kept: str) -> Target:
    """Where `kept` leads now. Raises Refused when that is not public, OSError when the name leads nowhere."""
    url = _parsed(kept)
    host, port = url.hostname or "", url.port or (443 if url.scheme == "https" else 80)
    if _is_sandbox(url) or _is_local_slack(url):
        return Target(url, host, port, host)
    if url.scheme != "https":
        raise Refused("The address does not begin with https://.")
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    addresses = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    if not addresses or not all(map(is_public, addresses)):
        raise Refused("The name leads to an address that is not on the public internet.")
    return Target(url, host, port, str(addresses[0]))


def is_public(address: Address) -> bool:
    """Not private, loopback, link-local (where clouds keep their metadata), shared, reserved, multicast, or a disguise of one."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    if mapped is not None:
        return is_public(mapped)
    is_special = any(address in network for network in _NEVER)
    return address.is_global and not address.is_multicast and not address.is_reserved and not is_special


def shown(url: str) -> str:
    """As much of an address as everybody may read: no query, which may be a key."""
    parts = urlsplit(url)
    return parts._replace(query="", fragment="").geturl()[:300] + ("?…" if parts.query else "")


def shown_slack(url: str) -> str:
    """The end only: who has all of it may post."""
    return f"{urlsplit(url).netloc}/services/…{url[-4:]}"


def _parsed(typed: str) -> SplitResult:
    if not typed:
        raise Refused("Enter the address.")
    if len(typed) > LONGEST or not typed.isascii() or any(ord(one) <= 32 or ord(one) == 127 for one in typed):
        raise Refused("This is not a web address.")
    try:
        url = urlsplit(typed)
        is_usable = bool(url.hostname) and url.port != 0
    except ValueError:
        raise Refused("This is not a web address.") from None
    if not is_usable or "\\" in typed:
        raise Refused("This is not a web address.")
    if url.username is not None or url.password is not None:
        raise Refused("Leave the user name and the password out of the address; messages are signed.")
    return url._replace(fragment="")


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_sandbox(url: SplitResult) -> bool:
    """The one address without TLS, on this machine; there is none in production."""
    return _origin(url) == settings().webhook_sandbox_url


def _is_local_slack(url: SplitResult) -> bool:
    return settings().environment != "production" and _origin(url) == settings().slack_base_url


def _origin(url: SplitResult) -> str:
    return f"{url.scheme}://{url.netloc}"
