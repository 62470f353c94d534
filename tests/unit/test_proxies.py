"""Whose address it is: what a proxy of ours wrote counts, what anybody wrote before it does not."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from contractflow.config import settings
from contractflow.web.requests import visitor_of

PEER = "10.0.0.7"


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "", PEER),
        (0, "203.0.113.9", PEER),  # nobody of ours stands there, so it is the sender's own invention
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "1.1.1.1, 203.0.113.9", "203.0.113.9"),  # the first was there when our proxy added the second
        (1, "", PEER),
        (2, "1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", PEER),  # it went around one of ours
    ],
)
def test_headers_of_proxies_are_believed_as_far_as_ours_wrote_them(
    monkeypatch: pytest.MonkeyPatch, proxies: int, header: str, address: str
) -> None:
    monkeypatch.setenv("CONTRACTFLOW_TRUSTED_PROXIES", str(proxies))
    settings.cache_clear()
    written = {
        "x-forwarded-for": header,
        "x-real-ip": "6.6.6.6",
        "forwarded": "for=6.6.6.6",
        "true-client-ip": "6.6.6.6",
    }
    headers = [(name.encode(), value.encode()) for name, value in written.items() if value]
    asked = Request({"type": "http", "headers": headers, "client": (PEER, 1)})
    try:
        assert visitor_of(asked).ip == address
    finally:
        settings.cache_clear()
