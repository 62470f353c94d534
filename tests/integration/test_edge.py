"""What Caddy answers by itself, with the repository's Caddyfile: without TLS, and for other names than the site's."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from contractflow.ops.processes import free_port
from tests.caddy import start_caddy

SAID_BY_US = "the product"


class Product(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(SAID_BY_US.encode())

    def log_message(self, *_: object) -> None:
        """Not to the test's output."""


@dataclass(frozen=True)
class Edge:
    plain: httpx.Client
    locked: httpx.Client
    port: int
    log: Path


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    directory, plain, locked = tmp_path_factory.mktemp("edge"), free_port(), free_port()
    product = ThreadingHTTPServer(("127.0.0.1", 0), Product)
    threading.Thread(target=product.serve_forever, daemon=True).start()
    options = (f"http_port {plain}", f"https_port {locked}", "local_certs", "skip_install_trust")
    caddy = start_caddy(directory, "localhost", [product.server_port], *options)
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = (
        False,
        ssl.CERT_NONE,
    )  # Caddy's own authority, of this minute
    try:
        with (
            httpx.Client(base_url=f"http://localhost:{plain}") as clear,
            httpx.Client(base_url=f"https://localhost:{locked}", verify=anybody) as safe,
        ):
            _wait_for(safe, directory / "caddy.log")
            yield Edge(clear, safe, locked, directory / "caddy.log")
    finally:
        caddy.kill()
        caddy.wait()
        product.shutdown()
        product.server_close()


def _wait_for(safe: httpx.Client, log: Path) -> None:
    for _ in range(200):
        try:
            safe.get("/")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text())


@pytest.mark.parametrize("path", ["/", "/login", "/portal/open/some-token?next=%2Fhome", "/lead/northlight"])
def test_people_without_tls_are_led_to_the_same_page_with_it(edge: Edge, path: str) -> None:
    answer = edge.plain.get(path)
    assert (answer.status_code, answer.headers["location"]) == (301, f"https://localhost{path}")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/documents/1/pdf"),
        ("POST", "/api/webhooks/paddle"),
        ("POST", "/auth/login"),
        ("GET", "/_event/?EIO=4"),
        ("POST", "/lead/northlight"),
        ("POST", "/"),
    ],
)
def test_programs_and_forms_without_tls_are_refused_and_not_led_on(
    edge: Edge, method: str, path: str
) -> None:
    answer = edge.plain.request(method, path)
    assert answer.status_code == 403
    assert "location" not in answer.headers
    assert answer.text == "Use https."


def test_the_site_answers_to_its_own_name_only(edge: Edge) -> None:
    """Nothing of ours shares a host with anything else, and under no other name are we there (ASVS 3.5.4)."""
    assert edge.locked.get("/").text == SAID_BY_US
    elsewhere = edge.locked.get("/", headers={"host": f"other.test:{edge.port}"})
    assert SAID_BY_US not in elsewhere.text


def test_its_log_names_no_mailed_link(edge: Edge) -> None:
    from contractflow.observability import MAILED_LINKS

    for place in MAILED_LINKS:
        edge.locked.get(f"/{place}/very-secret-token")
    assert "very-secret-token" not in edge.log.read_text()
    assert "/unsubscribe/hidden" in edge.log.read_text()
