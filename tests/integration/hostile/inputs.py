"""What people who mean harm, and programs that are broken, type into fields."""

from __future__ import annotations

import os
from typing import Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

EXAMPLES: Final = int(os.environ.get("CF_HOSTILE_EXAMPLES", "60"))
"""For each property; `--hypothesis-seed=N` repeats a run."""

profile = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
        HealthCheck.data_too_large,
    ],
)

MARK: Final = "zqmark"
"""In whatever would become markup, so that it can be looked for in what comes out."""

TEXTS: Final = (
    "", " ", "\t\r\n\v\f", "0", "-1", "1e309", "NaN", "None", "null", "true", "undefined",
    "a\x00b", "\x00", "\x01\x02\x1b[31m", "\x7f\x85\u2028\u2029", "\ufeff\ufffe\uffff",
    "\ud800", "x\udfffy", "\u202egnp.exe", "\u2066\u2067\u2068\u2069", "e\u0301" * 200, "Z\u0351\u036f\u0353" * 50, "👩‍👩‍👧‍👦" * 30,
    f"<script>{MARK}()</script>", f'"><img src=x onerror={MARK}()>', f"<svg/onload={MARK}()>", f"javascript:{MARK}()",
    f"[x](javascript:{MARK}())", f"![x](data:text/html,<script>{MARK}()</script>)", f"<style>*{{x:{MARK}}}</style>", "]]><!--",
    "' OR 1=1 --", "'; DROP TABLE document; --", "\\'; SELECT pg_sleep(9)--", "%' OR '%'='", "%", "_", "\\", "a:*&b|!c", "$1", ":x",
    "{{7*7}}", "${7*7}", "#{7*7}", "{% for x in ().__class__.__base__.__subclasses__() %}{% endfor %}", "{0.__class__}", "%(x)s", "%s%n",
    "=1+1", "=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1",
    "../../../../etc/passwd", "..\\..\\boot.ini", "/dev/null", "CON", "file:///etc/passwd", "http://169.254.169.254/", "//evil.example",
    "a@b.c\r\nBcc: all@evil.example", "x\r\nSet-Cookie: a=b", "\r\n\r\n<html>",
    "9" * 400, "-" * 5000, "x" * 100_000, "(" * 3000, "[" * 3000, "> " * 2000, "# " * 2000, "*" * 3000, "`" * 3000,
    "01a00000-0000-7000-8000-000000000000", "00000000-0000-0000-0000-000000000000", "2026-02-30", "99999-01-01", "12:99",
    '{"a":' * 200 + "1" + "}" * 200, "[]", "{}",
)  # fmt: skip

SHORT: Final = tuple(text for text in TEXTS if len(text) < 300)
texts = st.one_of(
    st.sampled_from(SHORT),
    st.text(max_size=60),
    st.text(st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Mn"]), max_size=20),
    st.builds(str.__add__, st.sampled_from(SHORT), st.text(max_size=10)),
)
numbers = st.one_of(st.sampled_from([0, 1, -1, 2**31, -(2**63), 2**64, 10**30]), st.integers())
anything: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, st.floats(), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=8,
)
