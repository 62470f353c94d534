"""What a browser says of itself, in words: "Chrome on Windows". Recognition, never proof: anybody can say anything."""

from __future__ import annotations

import re
from ipaddress import ip_address

UNKNOWN = "Unknown device"
MOST = 60

# The first that fits; the ones that pretend to be others stand before those.
BROWSERS = (
    (r"\bEdg(?:A|iOS|e)?/", "Edge"),
    (r"\b(?:OPR|Opera|OPiOS)/", "Opera"),
    (r"\bSamsungBrowser/", "Samsung Internet"),
    (r"\bVivaldi/", "Vivaldi"),
    (r"\bYaBrowser/", "Yandex Browser"),
    (r"\bDuckDuckGo/", "DuckDuckGo"),
    (r"\b(?:Firefox|FxiOS)/", "Firefox"),
    (r"\b(?:Chrome|HeadlessChrome|CriOS|Chromium)/", "Chrome"),
    (r"\bVersion/[\d.]+ .*\bSafari/", "Safari"),
    (r"\bAppleWebKit/.*\bMobile/", "An app's browser"),
    (r"\b(?:MSIE |Trident/)", "Internet Explorer"),
)
SYSTEMS = (
    (r"\biPhone\b", "iPhone"),
    (r"\biPad\b", "iPad"),
    (r"\bAndroid\b", "Android"),
    (r"\bCrOS\b", "ChromeOS"),
    (r"\bWindows\b", "Windows"),
    (r"\b(?:Macintosh|Mac OS X)\b", "macOS"),
    (r"\bLinux\b|\bX11\b", "Linux"),
)
PHONE = r"\biPhone\b|\bAndroid\b.*\bMobile\b"


def device(user_agent: str | None) -> str:
    """The browser and the system, or a program's own name; empty when nothing was said at all."""
    said = " ".join((user_agent or "").split())[:300]
    if not said:
        return ""
    browser, system = _first(BROWSERS, said), _first(SYSTEMS, said)
    if browser and system:
        return f"{browser} on {system}"
    return browser or _program(said) or system or UNKNOWN


def is_phone(user_agent: str | None) -> bool:
    return re.search(PHONE, (user_agent or "")[:300]) is not None


def place(ip: str | None) -> str:
    """Where an address is, as far as it says so itself: shortened, for we look nothing up and need no more of it."""
    try:
        address = ip_address((ip or "").split("/")[0])
    except ValueError:
        return ""
    if (mapped := getattr(address, "ipv4_mapped", None)) is not None:
        address = mapped
    if address.is_loopback:
        return "This machine"
    if address.version == 4:
        return ".".join(str(address).split(".")[:3]) + ".…"
    return ":".join(part.lstrip("0") or "0" for part in address.exploded.split(":")[:3]) + ":…"


def _first(table: tuple[tuple[str, str], ...], said: str) -> str:
    return next((words for pattern, words in table if re.search(pattern, said)), "")


def _program(said: str) -> str:
    """ "curl" of "curl/8.5.0"; nothing of what only looks like it."""
    found = re.match(r"([A-Za-z][\w.-]{1,30})/[\d.]+", said)
    return found[1][:MOST] if found and found[1] != "Mozilla" else ""
