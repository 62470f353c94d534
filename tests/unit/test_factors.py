"""What second factors are made of: codes, sealed secrets, recovery codes, a QR code that readers read."""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pyotp
import pytest

from contractflow import config
from contractflow.security import totp, vault
from contractflow.security.qr_code import matrix, svg_path
from contractflow.security.recovery_codes import HOW_MANY, code_hash, new_codes

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of the RFC, in base32
AT = datetime(2026, 11, 23, 6, 30, 10, tzinfo=UTC)
ONE, OTHER = UUID(int=1), UUID(int=2)


# -- codes


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")]
)
def test_the_codes_are_those_of_rfc_6238(seconds, code):
    assert totp.step_of(SECRET, code, datetime.fromtimestamp(seconds, UTC)) == seconds // 30


def test_a_code_is_good_for_half_a_minute_and_a_step_of_drift():
    code, step = pyotp.TOTP(SECRET).at(AT), int(AT.timestamp()) // 30
    near = [totp.step_of(SECRET, code, AT + timedelta(seconds=30 * n)) for n in (-2, -1, 0, 1, 2)]
    assert near == [None, step, step, step, None]


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "12 345", "é" * 6])
def test_what_is_no_code_is_none(typed):
    assert totp.step_of(SECRET, typed, AT) is None
    assert not totp.looks_like_code(typed)


def test_secrets_have_160_bits_and_differ():
    made = {totp.new_secret() for _ in range(50)}
    assert len(made) == 50
    assert all(re.fullmatch("[A-Z2-7]{32}", secret) for secret in made)


def test_an_app_learns_whose_account_it_is():
    address = totp.address(SECRET, "olivia@northlight.test")
    assert (
        address == f"otpauth://totp/ContractFlow:olivia%40northlight.test?secret={SECRET}&issuer=ContractFlow"
    )
    assert pyotp.parse_uri(address).secret == SECRET


# -- secrets at rest


@pytest.fixture
def keys(monkeypatch):
    def use(text):
        monkeypatch.setenv("CONTRACTFLOW_DATA_KEYS", text)
        config.settings.cache_clear()
        vault._ring.cache_clear()

    use("a:" + "o" * 32)
    yield use
    monkeypatch.undo()
    config.settings.cache_clear()
    vault._ring.cache_clear()


def test_a_secret_comes_back_at_its_own_place_only(keys):
    locked = vault.lock("totp:1", SECRET)
    assert SECRET.encode() not in locked
    assert vault.lock("totp:1", SECRET) != locked
    assert vault.unlock("totp:1", locked) == SECRET
    with pytest.raises(vault.Unreadable):
        vault.unlock("totp:2", locked)


def test_a_changed_secret_is_noticed(keys):
    locked = vault.lock("totp:1", SECRET)
    for changed in (locked[:-1] + bytes([locked[-1] ^ 1]), locked[:12], b"", b"v1.a.", b"v2" + locked[2:]):
        with pytest.raises(vault.Unreadable):
            vault.unlock("totp:1", changed)


def test_an_older_key_still_opens_until_it_is_taken_away(keys):
    old = vault.lock("totp:1", SECRET)
    keys("b:" + "n" * 32 + ",a:" + "o" * 32)
    assert vault.unlock("totp:1", old) == SECRET
    assert vault.lock("totp:1", SECRET).startswith(b"v1.b.")
    keys("b:" + "n" * 32)
    with pytest.raises(vault.Unreadable, match="DATA_KEYS"):
        vault.unlock("totp:1", old)


# -- recovery codes


def test_ten_codes_that_nobody_guesses_and_anybody_can_copy():
    codes = new_codes()
    assert len(codes) == len(set(codes)) == HOW_MANY == 10
    assert all(re.fullmatch(r"([0-9a-hjkmnp-tv-z]{6}-){3}[0-9a-hjkmnp-tv-z]{6}", code) for code in codes)


def test_a_code_is_the_same_however_it_is_typed():
    code = "0a1b2c-3d4e5f-6g7h8j-9kmnpq"
    typed = [
        "0A1B2C 3D4E5F 6G7H8J 9KMNPQ",
        " oa1b2c3d4e5f6g7h8j9kmnpq ",
        "0aib2c-3d4e5f-6g7h8j-9kmnpq",
        "0alb2c-3d4e5f-6g7h8j-9kmnpq",
    ]
    assert {code_hash(ONE, each) for each in typed} == {code_hash(ONE, code)}
    assert code_hash(OTHER, code) != code_hash(ONE, code)
    assert len(code_hash(ONE, "é" * 9999)) == 32


# -- the QR code


@pytest.mark.parametrize(("length", "side", "digest"), [
    (14, 21, "63c72f74f4ae7d1a"), (106, 41, "e12303267a5accea"), (213, 57, "cb3af8760579ab2e"),
    (412, 77, "16d12e2706d21c1c"), (666, 97, "1150e549666aa641"),
])  # fmt: skip
def test_codes_are_those_that_another_reader_has_read(length, side, digest):
    """zxing-cpp 3.1.1 read each of these back."""
    grid = matrix(("otpauth://totp/ContractFlow:" * 30)[:length].encode())
    drawn = "".join("#" if dark else "." for row in grid for dark in row)
    assert (len(grid), hashlib.sha256(drawn.encode()).hexdigest()[:16]) == (side, digest)


def test_the_path_draws_the_dark_modules_inside_a_quiet_zone():
    side, path = svg_path("hello")
    assert side == 21 + 8
    assert path.startswith("M4,4h1v1h-1z")
    assert path.count("M") == sum(map(sum, matrix(b"hello")))


def test_what_does_not_fit_is_said():
    assert svg_path("x" * 666)
    with pytest.raises(ValueError, match="too long"):
        svg_path("x" * 667)
