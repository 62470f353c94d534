"""What a browser reports is read in both formats, and nothing personal of it is kept."""

from __future__ import annotations

from contractflow.security.csp_reports import MOST_IN_ONE, Violation, read

US = "https://app.example.com"
OLD = {
    "csp-report": {
        "document-uri": f"{US}/portal/open/tG7-secret_TOKEN?email=clara@brightfoods.test",
        "effective-directive": "script-src-elem",
        "blocked-uri": "https://evil.example/steal.js?who=clara",
        "source-file": f"{US}/assets/page-x1Y2.js?token=abc",
        "line-number": 7,
        "script-sample": "alert('Clara Client')",
        "original-policy": "…",
    }
}
NEW = {
    "type": "csp-violation", "age": 10, "url": f"{US}/login", "user_agent": "Somebody's browser",
    "body": {
        "documentURL": f"{US}/documents/01a00000-0000-7000-8000-000000000000", "effectiveDirective": "style-src-attr",
        "blockedURL": "inline", "sourceFile": f"{US}/assets/page-x1Y2.js", "lineNumber": 3, "disposition": "enforce",
    },
}  # fmt: skip


def test_the_format_of_report_uri_is_read_without_what_is_personal() -> None:
    assert read(OLD, US) == [
        Violation("script-src-elem", "https://evil.example", "/portal/open/·", "the page", 7)
    ]


def test_the_format_of_report_to_is_read() -> None:
    assert read([NEW, {"type": "deprecation", "body": {}}], US) == [
        Violation("style-src-attr", "inline", "/documents/·", "/assets/page-x1Y2.js", 3)
    ]


def test_nothing_personal_is_kept() -> None:
    kept = str([read(OLD, US), read([NEW], US)]).casefold()
    assert not any(word in kept for word in ("clara", "secret", "token", "browser", "01a0", "steal", "alert"))


def test_what_is_not_about_our_pages_or_no_report_is_left_out() -> None:
    elsewhere = {"csp-report": OLD["csp-report"] | {"document-uri": "https://evil.example/"}}
    unknown = {"csp-report": OLD["csp-report"] | {"effective-directive": "<script>"}}
    numbers = {"csp-report": OLD["csp-report"] | {"document-uri": 7}}
    for posted in (
        elsewhere,
        unknown,
        numbers,
        {},
        [],
        None,
        7,
        "x",
        [None, 1, {"type": "csp-violation"}],
        {"csp-report": []},
    ):
        assert read(posted, US) == []


def test_one_post_holds_only_so_many() -> None:
    assert len(read([NEW] * 1000, US)) == MOST_IN_ONE


def test_odd_addresses_do_not_break_it() -> None:
    for blocked in (
        "http://[",
        "https://",
        "chrome-extension://abcdef/x.js",
        "javascript:alert(1)",
        "\x00",
        "a" * 9999,
    ):
        (one,) = read(
            {"csp-report": OLD["csp-report"] | {"blocked-uri": blocked, "source-file": blocked}}, US
        )
        assert len(one.blocked) <= 100
        assert len(one.source) <= 100
