"""A device in words that its owner recognises, whatever a browser says of itself."""

import pytest

from contractflow.services import devices

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0"
SAID = [
    (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36", "Chrome on Windows"),
    (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/131.0.0.0", "Edge on Windows"),
    (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {CHROME} Safari/537.36 OPR/116.0", "Opera on macOS"),
    (f"Mozilla/5.0 (X11; Linux x86_64) {CHROME.replace('Chrome', 'HeadlessChrome')} Safari/537.36", "Chrome on Linux"),
    (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME} Safari/537.36", "Chrome on ChromeOS"),
    (f"Mozilla/5.0 (Linux; Android 10; K) {CHROME} Mobile Safari/537.36", "Chrome on Android"),
    (f"Mozilla/5.0 (Linux; Android 14; SM-X710) SamsungBrowser/25.0 {CHROME} Safari/537.36", "Samsung Internet on Android"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15", "Safari on macOS"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0 Mobile/15E148 Safari/604.1", "Chrome on iPhone"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148", "An app's browser on iPhone"),
    ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox on Linux"),
    ("Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0", "Firefox on Android"),
    ("Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko", "Internet Explorer on Windows"),
    ("Mozilla/5.0 (Windows NT 10.0) Something/1.0", "Windows"),
    ("curl/8.5.0", "curl"),
    ("python-httpx/0.28", "python-httpx"),
    ("<script>alert(1)</script>", "Unknown device"),
    ("", ""),
    (None, ""),
    ("x" * 100_000, "Unknown device"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "words"), SAID)
def test_a_browser_is_called_what_its_owner_calls_it(said, words):
    assert devices.device(said) == words


def test_phones_are_phones():
    phones = [said for said, _ in SAID if devices.is_phone(said)]
    assert len(phones) == 5
    assert all("iPhone" in said or "Mobile" in said for said in phones)


@pytest.mark.parametrize(
    ("ip", "words"),
    [
        ("203.0.113.77", "203.0.113.…"),
        ("203.0.113.77/32", "203.0.113.…"),
        ("::ffff:203.0.113.77", "203.0.113.…"),
        ("2001:db8:85a3::8a2e:370:7334", "2001:db8:85a3:…"),
        ("2001:db8::1", "2001:db8:0:…"),
        ("127.0.0.1", "This machine"),
        ("::1", "This machine"),
        ("nonsense", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_an_address_is_shortened_and_never_looked_up(ip, words):
    assert devices.place(ip) == words
