"""Every kind of answer carries the headers it should, whoever gave it; every cookie its attributes."""

from __future__ import annotations

import json
import re
import secrets

import httpx
import pytest
from redis import Redis

from contractflow.ops.serving import ROOT
from tests.integration.web.test_door import PASSWORD, Browser

BUILT = ROOT / ".web/build/client"
NOWHERE = "01a00000-0000-7000-8000-000000000000"
ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin-allow-popups",
    "cross-origin-resource-policy": "same-origin",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
}
SHUT = ("camera", "microphone", "geolocation", "payment", "usb", "browsing-topics")

# method, path, headers, status, cache-control; one of every kind of answer
NO, ASK, KEEP = "no-store", "no-cache", "public, max-age=31536000, immutable"
# fmt: off
ANSWERS = [
    ("GET",     "/",                                    {"accept": "text/html"},    200, NO),   # a page
    ("GET",     "/login",                               {"accept": "text/html"},    200, NO),   # with a policy of its own
    ("HEAD",    "/verify",                              {"accept": "text/html"},    200, NO),
    ("GET",     "/verify/abc",                          {"accept": "text/html"},    200, NO),   # from the fallback
    ("GET",     "/no/such/page",                        {"accept": "text/html"},    404, NO),
    ("GET",     "/admin/jobs",                          {"accept": "text/html"},    404, NO),
    ("GET",     "/home",                                {"accept": "text/html"},    303, NO),   # a redirect of the guard
    ("GET",     "/portal/open/x",                       {"accept": "text/html"},    303, NO),   # of a route
    ("GET",     "/assets/{built}",                      {},                         200, KEEP),
    ("GET",     "/assets/gone.js",                      {},                         404, NO),
    ("GET",     "/contractflow.css",                    {},                         200, ASK),
    ("GET",     "/api/health/live",                     {},                         200, NO),   # JSON
    ("GET",     f"/api/documents/{NOWHERE}/pdf",        {},                         401, NO),
    ("POST",    "/api/verify/abc",                      {"own": "1"},               404, NO),
    ("POST",    "/api/verify/abc",                      {},                         403, NO),   # no Origin
    ("GET",     "/",                                    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, 403, NO),
    ("POST",    "/api/webhooks/paddle",                 {},                         401, NO),
    ("POST",    "/api/reports",                         {},                         415, NO),
    ("DELETE",  "/api/health/live",                     {"own": "1"},               405, NO),
    ("OPTIONS", "/auth/login",                          {"origin": "https://evil.example", "access-control-request-method": "POST"}, 405, NO),
    ("GET",     "/_upload",                             {},                         404, NO),   # of Reflex, closed
    ("GET",     "/_event/",                             {},                         403, NO),   # the socket, without a token
    ("GET",     "/auth/login",                          {},                         404, NO),   # a form's address is no page
]
# fmt: on


@pytest.mark.parametrize(("method", "path", "headers", "status", "cache"), ANSWERS)
async def test_every_kind_of_answer(
    served: str, method: str, path: str, headers: dict[str, str], status: int, cache: str
) -> None:
    built = next(file.name for file in (BUILT / "assets").glob("*.js"))
    if "own" in headers:
        headers = {"origin": served}
    async with httpx.AsyncClient(base_url=served) as client:
        answer = await client.request(method, path.format(built=built), headers=headers)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert all(f"{feature}=()" in answer.headers["permissions-policy"] for feature in SHUT)
    assert answer.headers["cache-control"] == cache
    said = answer.headers.get("content-type", "")
    assert "charset=utf-8" in said.lower() or not said.startswith("text/"), said
    assert "access-control-allow-origin" not in answer.headers
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    if answer.headers.get("content-type", "").startswith("text/html") and "." not in path:
        assert re.search(r"script-src 'nonce-[\w-]{24}' 'strict-dynamic'", policy)
        assert policy.endswith("report-uri /api/reports")
    else:
        assert policy.endswith("sandbox")
    assert answer.headers.get_list("content-security-policy") == [policy]


async def test_every_cookie_is_ours_alone(served: str) -> None:
    """`Browser` refuses a cookie without its attributes; every way to get one is taken here."""
    async with Browser(served) as browser:
        email = await browser.sign_up()
        await browser.post("/auth/refresh")
        await browser.post("/auth/logout")
        await browser.post("/auth/login", {"email": email, "password": PASSWORD})
        assert {"__Host-cf_visitor", "__Host-cf_session"} <= browser.cookies.keys()
        assert all(name.startswith("__Host-") for name in browser.cookies)


@pytest.mark.parametrize("path", ["/", "/login"])
async def test_an_answer_that_sets_a_cookie_is_kept_by_nobody(served: str, path: str) -> None:
    async with httpx.AsyncClient(base_url=served) as client:
        answer = await client.get(path, headers={"accept": "text/html"})
    assert answer.headers.get_list("set-cookie")
    assert answer.headers["cache-control"] == NO


async def test_what_the_policy_stopped_is_counted_once_for_each_kind(served: str, redis_server) -> None:
    blocked = f"https://{secrets.token_hex(4)}.example"
    report = {
        "csp-report": {
            "document-uri": f"{served}/portal/documents/{NOWHERE}",
            "effective-directive": "img-src",
            "blocked-uri": f"{blocked}/pixel.png?mail=clara@brightfoods.test",
        }
    }
    async with httpx.AsyncClient(base_url=served) as client:
        for _ in range(3):
            answer = await client.post(
                "/api/reports", content=json.dumps(report), headers={"content-type": "application/csp-report"}
            )
            assert answer.status_code == 204
        for content, kind in ((b"{", "application/json"), (b"[" * 9000, "application/reports+json")):
            refused = await client.post("/api/reports", content=content, headers={"content-type": kind})
            assert refused.status_code == 400
    with Redis.from_url(redis_server.url(2), decode_responses=True) as redis:
        facts = {kind: fact for kind, fact in redis.hgetall("cf:csp:facts").items() if blocked in fact}
        assert [redis.hget("cf:csp:times", kind) for kind in facts] == ["3"]
        assert not any(word in str(facts) for word in ("clara", NOWHERE, "pixel"))
