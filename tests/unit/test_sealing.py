"""The seal: standards survive it, every change is noticed, and only our own certificate counts."""

import datetime as dt
import io
import stat
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign.timestamps import DummyTimeStamper

from contractflow.config import settings
from contractflow.errors import Unavailable
from contractflow.integrations.signing import keys, render, sealing, verify
from tests.unit.test_printing import STANDARDS, a_contract, failures


@pytest.fixture
def sealed(own_key):
    return sealing.seal(render.render(a_contract())).pdf


@pytest.mark.parametrize("standard", STANDARDS)
def test_the_standards_survive_the_seal(sealed, standard, tmp_path):
    assert failures(sealed, tmp_path, standard) == set()


def test_a_sealed_file_is_genuine(sealed):
    report = verify.check(sealed)
    assert report.is_genuine
    assert (report.is_ours, report.is_intact, report.covers_whole_file, report.bottom_line) == (True,) * 4
    assert report.sealed_at is not None
    assert report.summary == "This file carries our seal and has not been changed since."


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.8])
def test_one_flipped_byte_is_noticed(sealed, share):
    broken = bytearray(sealed)
    broken[int(len(broken) * share)] ^= 1
    assert not verify.check(bytes(broken)).is_genuine


def test_an_annotation_added_afterwards_is_noticed(sealed):
    writer = IncrementalPdfFileWriter(io.BytesIO(sealed))
    first = writer.root["/Pages"]["/Kids"][0].get_object()
    while "/Kids" in first:
        first = first["/Kids"][0].get_object()
    note = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
            generic.pdf_name("/Rect"): generic.ArrayObject(
                [generic.NumberObject(n) for n in (100, 600, 300, 640)]
            ),
            generic.pdf_name("/Contents"): generic.pdf_string("Total €1"),
        }
    )
    first[generic.pdf_name("/Annots")] = generic.ArrayObject([writer.add_object(note)])
    writer.update_container(first)
    out = io.BytesIO()
    writer.write(out)
    report = verify.check(out.getvalue())
    assert report.is_intact  # the trap: the sealed bytes are all there
    assert not report.is_genuine
    assert report.summary == "This file was changed after it was sealed. Do not rely on it."


def test_bytes_appended_or_cut_off_are_noticed(sealed):
    assert not verify.check(sealed + b"\n% more\n").is_genuine
    assert not verify.check(sealed[:-40]).is_genuine


def test_a_rewritten_file_is_noticed(sealed):
    out = io.BytesIO()
    copy_into_new_writer(PdfFileReader(io.BytesIO(sealed))).write(out)
    assert not verify.check(out.getvalue()).is_genuine


def test_a_seal_of_somebody_else_is_not_ours(sealed, tmp_path, monkeypatch):
    theirs = keys.fingerprint(keys.signer().signing_cert)
    monkeypatch.setenv("CONTRACTFLOW_DATA_DIR", str(tmp_path / "other"))
    settings.cache_clear()
    keys.signer.cache_clear()
    report = verify.check(sealed)
    assert not report.is_genuine
    assert report.summary == "This file carries a seal, but it is not ours."
    assert verify.check(sealed, {theirs}).is_genuine  # unless it is an earlier key of ours


@pytest.mark.parametrize(
    "strange", [b"", b"hello", b"%PDF-1.7\n", b"%PDF-1.7\n/ByteRange [0 1 2 3]" + b"\xff" * 500]
)
def test_a_strange_file_is_simply_not_sealed(own_key, strange):
    assert not verify.check(strange).is_genuine


def test_an_unsealed_document_says_so(own_key):
    assert verify.check(render.render(a_contract())).summary == "This file carries no seal."


def test_the_local_key_is_made_once_and_is_ours_alone(own_key):
    path = keys.local_p12(own_key)
    before = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys.local_p12(own_key).read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["local.p12"]


def test_ten_processes_starting_at_once_agree_on_one_key(own_key):
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.append(keys.local_p12(own_key).read_bytes())) for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1


# timestamps


@pytest.fixture
def timestamps(own_key, monkeypatch):
    """A timestamp authority (RFC 3161) on this machine; answers what `set_down` leaves it."""
    authority = _authority()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            answer = authority.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("CONTRACTFLOW_TSA_URL", f"http://127.0.0.1:{server.server_port}/")
    settings.cache_clear()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def _authority() -> DummyTimeStamper:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A timestamp authority")])
    began = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(began + dt.timedelta(days=30))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    der = serialization.Encoding.DER
    plain = key.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return DummyTimeStamper(
        tsa_cert=asn1_x509.Certificate.load(certificate.public_bytes(der)),
        tsa_key=asn1_keys.PrivateKeyInfo.load(plain),
    )


def test_a_timestamp_makes_the_seal_b_t(timestamps, tmp_path):
    sealed = sealing.seal(render.render(a_contract()))
    assert sealed.level == "B-T"
    assert verify.check(sealed.pdf).is_genuine
    assert failures(sealed.pdf, tmp_path, "PDF_A_2A") == set()


def test_without_its_timestamp_a_document_waits(own_key, monkeypatch):
    monkeypatch.setenv("CONTRACTFLOW_TSA_URL", "http://127.0.0.1:1/")
    settings.cache_clear()
    with pytest.raises(Unavailable):
        sealing.seal(render.render(a_contract()))
