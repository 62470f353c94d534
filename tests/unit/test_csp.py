"""Pages get a nonce of their own and nothing else gets a script; what Reflex ships is still what we patch."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient

from contractflow.web.build import SameOrigin, patched_state_js
from contractflow.web.csp import CspMiddleware
from contractflow.web.headers import SecurityHeaders

PAGE = """<!DOCTYPE html><html><head><link rel="modulepreload" href="/assets/a.js"/><style data-emotion="x">a{}</style></head>
<body><div style="color:red">x</div><script>window.x = 1</script><script type="module" src="/assets/a.js"></script></body></html>"""


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets/a.js").write_text("1")
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "robots.txt").write_text("x")
    (tmp_path / "pricing").mkdir()
    (tmp_path / "pricing/index.html").write_text(PAGE)
    (tmp_path / "pay").mkdir()
    (tmp_path / "pay/index.html").write_text(PAGE)
    inner = Starlette(
        routes=[
            Route("/api/text", lambda _: PlainTextResponse("hello")),
            Route("/api/file", lambda _: PlainTextResponse("pdf", headers={"content-security-policy": "default-src 'none'"})),
            Route("/api/html", lambda _: HTMLResponse("<script>alert(1)</script>")),
            Mount("/", StaticFiles(directory=tmp_path, html=True)),
        ]
    )  # fmt: skip
    pages = CspMiddleware(inner, tmp_path, {"/pay": {"frame-src": "https://pay.example"}})
    return TestClient(SecurityHeaders(pages))


def nonce_of(answer) -> str:
    return answer.headers["content-security-policy"].partition("'nonce-")[2].partition("'")[0]


def test_every_script_style_and_link_of_a_page_carries_its_nonce(client: TestClient) -> None:
    answer = client.get("/")
    nonce = nonce_of(answer)
    assert len(nonce) == 24
    for tag in ("<script", "<style", "<link"):
        assert answer.text.count(tag) == answer.text.count(f'{tag} nonce="{nonce}"') > 0
    assert ' style="' not in answer.text
    assert 'data-csp-style="color:red"' in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_no_two_answers_share_a_nonce(client: TestClient) -> None:
    assert len({nonce_of(client.get("/")) for _ in range(20)}) == 20


def test_nothing_unsafe_is_allowed_anywhere(client: TestClient) -> None:
    for path in ("/", "/pricing", "/pay", "/api/text", "/api/html", "/assets/a.js", "/nothing"):
        policy = client.get(path).headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy


def test_a_folder_is_a_page_without_a_detour(client: TestClient) -> None:
    answer = client.get("/pricing", follow_redirects=False)
    assert answer.status_code == 200
    assert nonce_of(answer)


def test_reports_go_the_newer_way_only_where_it_works(client: TestClient, tmp_path: Path) -> None:
    plain = client.get("/")
    assert plain.headers["content-security-policy"].endswith("report-uri /api/reports")
    assert "reporting-endpoints" not in plain.headers
    secure = TestClient(
        CspMiddleware(StaticFiles(directory=tmp_path, html=True), tmp_path, {"/pay": {}}, is_tls=True)
    )
    for path in ("/", "/pay/"):
        answer = secure.get(path)
        assert answer.headers["content-security-policy"].endswith("report-uri /api/reports; report-to csp")
        assert answer.headers["reporting-endpoints"] == 'csp="/api/reports"'


def test_a_page_with_a_policy_of_its_own_differs_in_that_alone(client: TestClient) -> None:
    usual, other = (client.get(path).headers["content-security-policy"] for path in ("/", "/pay"))
    differing = {part.split(" ")[0] for part in set(usual.split("; ")) ^ set(other.split("; "))}
    assert differing == {"frame-src", "script-src", "style-src"}  # the last two by their nonce


def test_what_is_not_built_gets_no_script(client: TestClient) -> None:
    answer = client.get("/api/html")
    assert answer.text == "<script>alert(1)</script>"
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert client.get("/api/file").headers["content-security-policy"] == "default-src 'none'"


def test_hashed_files_are_kept_and_others_asked_for_again(client: TestClient) -> None:
    assert "immutable" in client.get("/assets/a.js").headers["cache-control"]
    assert client.get("/index.html").headers["cache-control"] == "no-store"
    assert client.get("/robots.txt").headers["cache-control"] == "no-cache"
    for somebodys in ("/api/text", "/assets/gone.js", "/gone.txt"):
        assert client.get(somebodys).headers["cache-control"] == "no-store"


def test_a_page_ignores_validators_and_ranges_and_answers_head(client: TestClient) -> None:
    for headers in (
        {"if-none-match": "*"},
        {"range": "bytes=0-3"},
        {"if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT"},
    ):
        assert client.get("/", headers=headers).status_code == 200
    head = client.head("/")
    assert nonce_of(head)
    assert not head.content


def test_what_the_server_sends_is_never_evaluated() -> None:
    script = patched_state_js()
    assert "eval(" not in script.replace("noEval(", "")
    assert '"_cf_ui"' in script


def test_buttons_learn_what_is_under_way() -> None:
    script = patched_state_js()
    assert 'socket.emit("event", encodeFormDataArgs(routed_event), sending());' in script
    assert 'socket.current.on("disconnect", forgetUnderWay);' in script


def test_the_built_front_end_finds_its_server_where_it_came_from(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    file = tmp_path / "assets/reflex-env-1.js"
    file.write_text(
        'x={a:"http://localhost:8000/ping",b:"ws://localhost:8000/_event",c:`http://localhost/_upload`}'
    )
    SameOrigin().post_build(static_dir=tmp_path)
    assert "localhost" not in file.read_text()
    assert "location.origin.replace(/^http/,'ws')+'/_event'" in file.read_text()
    with pytest.raises(RuntimeError, match="Reflex changed"):
        SameOrigin().post_build(static_dir=tmp_path)
