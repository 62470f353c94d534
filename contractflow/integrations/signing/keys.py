"""The platform's sealing key: the PKCS#12 file of the settings, or a local one that is made once and says so."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import tempfile
from functools import cache
from pathlib import Path

from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.sign import signers

from contractflow.config import settings
from contractflow.errors import Unavailable

_LOCAL_YEARS = 10
_LOCAL_NAME = "ContractFlow local seal (not for production)"


@cache
def signer() -> signers.SimpleSigner:
    """The key and its certificates, read once per process. Raises Unavailable when the file cannot be read."""
    chosen = settings()
    path = chosen.seal_p12 or local_p12(chosen.data_dir)
    password = chosen.seal_password.get_secret_value().encode() if chosen.seal_p12 else None
    loaded = signers.SimpleSigner.load_pkcs12(str(path), passphrase=password or None)
    if loaded is None:
        raise Unavailable("The sealing key cannot be read; the document is sealed as soon as it can.")
    return loaded


def fingerprint(certificate: Certificate) -> str:
    """SHA-256 over the certificate, hexadecimal: how we know our own seal."""
    return hashlib.sha256(certificate.dump()).hexdigest()


def local_p12(directory: Path) -> Path:
    """A root and a sealing certificate of our own, made at first use and readable by this account only.

    Two processes may start at once: the file appears whole, and the first one wins.
    """
    path = directory / "seal" / "local.p12"
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent) as fresh:  # made with mode 0600
        fresh.write(_local_chain())
        fresh.flush()
        os.fsync(fresh.fileno())
        try:
            os.link(fresh.name, path)
        except FileExistsError:
            return path
    return path


def _local_chain() -> bytes:
    root_key, seal_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, seal_name = _named("ContractFlow local root"), _named(_LOCAL_NAME)
    root = _certificate(root_name, root_key, root_name, root_key, is_authority=True)
    seal = _certificate(seal_name, seal_key, root_name, root_key, is_authority=False)
    return pkcs12.serialize_key_and_certificates(b"seal", seal_key, seal, [root], NoEncryption())


def _named(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "ContractFlow"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _certificate(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    is_authority: bool,
) -> x509.Certificate:
    began = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)
    usage = x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(began + dt.timedelta(days=365 * _LOCAL_YEARS))
        .add_extension(x509.BasicConstraints(is_authority, 0 if is_authority else None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
        .add_extension(usage, critical=True)
        .sign(issuer_key, hashes.SHA256())
    )
