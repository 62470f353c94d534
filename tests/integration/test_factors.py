"""One's own second factors, verb by verb: who may, what it leaves behind, twice, and at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlmodel import select

from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import AppError, ConfirmFirst, IllegalMove, Invalid, NotAllowed, NotFound, Stale
from contractflow.models import AuditEvent, Org
from contractflow.ops import admins
from contractflow.permissions import Visitor
from contractflow.services import factors
from tests import cast
from tests.integration.web.at_the_door import code_of, enrol, wrong_code

pytestmark = pytest.mark.usefixtures("database")


def doing(actor, verb, *given, **named):
    with unit_of_work(actor) as work:
        return verb(work, *given, **named)


def page(person=cast.mia):
    return doing(person, factors.page)


def trail(org=cast.northlight) -> list[str]:
    with unit_of_work(org) as work:
        return list(work.db.exec(select(AuditEvent.action).order_by(AuditEvent.seq)))


def told(database) -> list[tuple[str, str]]:
    with database.admin() as admin:
        query = "SELECT recipient, payload ->> 'what' FROM notification WHERE channel = 'email' ORDER BY id"
        return admin.execute(query).fetchall()


def asked_for(person=cast.mia) -> bool:
    return doing(Visitor(), factors.standing, person.user_id, person.org_id).has_factor


# -- the app


def test_an_app_counts_from_its_first_right_code_on(database):
    secret = doing(cast.mia, factors.offer_totp).secret
    assert not page().has_app
    with pytest.raises(Invalid, match="not right") as wrong:
        doing(cast.mia, factors.enable_totp, wrong_code(secret))
    assert wrong.value.field == "code"
    assert not asked_for()
    code = code_of(secret)
    codes = doing(cast.mia, factors.enable_totp, f" {code[:3]} {code[3:]} ")
    assert (len(codes), page().has_app, page().codes_left, asked_for()) == (10, True, 10, True)
    assert trail() == ["factor:add_app"]
    assert told(database) == [("mia@northlight.test", "An authenticator app was added to your account")]
    with database.admin() as admin:
        kept = admin.execute(
            "SELECT totp_secret_enc, recovery_hashes FROM user_credential WHERE totp_enabled_at IS NOT NULL"
        ).fetchone()
    assert secret.encode() not in kept[0]
    assert not any(code.encode() in hashed for code in codes for hashed in kept[1])


def test_what_was_done_already_is_said():
    with pytest.raises(Stale):
        doing(cast.mia, factors.enable_totp, "123456")
    secret, _ = enrol(cast.mia)
    with pytest.raises(Stale):
        doing(cast.mia, factors.enable_totp, code_of(secret, 1))
    with pytest.raises(IllegalMove, match="already"):
        doing(cast.mia, factors.offer_totp)


def test_only_the_newest_offer_can_be_taken():
    first = doing(cast.mia, factors.offer_totp).secret
    doing(cast.mia, factors.offer_totp)
    with pytest.raises(Invalid):
        doing(cast.mia, factors.enable_totp, code_of(first))


def test_of_two_at_the_same_time_one_turns_it_on():
    secret = doing(cast.mia, factors.offer_totp).secret
    assert sorted(parallel(2, cast.mia, factors.enable_totp, code_of(secret))) == ["Stale", "done"]


def test_the_code_that_turned_it_on_is_spent():
    secret = doing(cast.mia, factors.offer_totp).secret
    code = code_of(secret)
    doing(cast.mia, factors.enable_totp, code)
    with pytest.raises(Invalid):
        doing(cast.mia, factors.prove_by_code, code)
    assert doing(cast.mia, factors.prove_by_code, code_of(secret, 1)) == "app"
    with pytest.raises(Invalid):  # an older one than the last
        doing(cast.mia, factors.prove_by_code, code)


def test_of_many_uses_of_a_code_at_the_same_time_one_counts():
    secret, _ = enrol(cast.mia)
    assert sorted(parallel(6, cast.mia, factors.prove_by_code, code_of(secret))) == ["Invalid"] * 5 + ["done"]


def test_another_persons_code_is_worth_nothing():
    secret, _ = enrol(cast.mia)
    enrol(cast.adam)
    with pytest.raises(Invalid):
        doing(cast.adam, factors.prove_by_code, code_of(secret))


def test_removing_it_leaves_nothing_that_would_let_somebody_in(database):
    secret, codes = enrol(cast.mia)
    doing(cast.mia, factors.trust, "a secret")
    doing(cast.mia, factors.remove_totp)
    doing(cast.mia, factors.remove_totp)
    gone = page()
    assert (gone.has_app, gone.codes_left, gone.devices, asked_for()) == (False, 0, [], False)
    for proof in (code_of(secret, 1), codes[0]):
        with pytest.raises(Invalid):
            doing(cast.mia, factors.prove_by_code, proof)
    assert trail() == ["factor:add_app", "factor:trust_device", "factor:remove_app"]
    assert told(database)[-1] == (
        "mia@northlight.test",
        "The authenticator app was removed from your account",
    )


# -- recovery codes


def test_new_recovery_codes_replace_the_old_ones(database):
    _, old = enrol(cast.mia)
    new = doing(cast.mia, factors.renew_recovery_codes)
    assert not set(old) & set(new)
    with pytest.raises(Invalid):
        doing(cast.mia, factors.prove_by_code, old[0])
    assert doing(cast.mia, factors.prove_by_code, new[0]) == "recovery code"
    assert page().codes_left == 9
    assert told(database)[-2:] == [
        ("mia@northlight.test", "New recovery codes were made for your account"),
        ("mia@northlight.test", "A recovery code of your account was used"),
    ]
    assert trail()[-2:] == ["factor:renew_codes", "factor:use_code"]


def test_without_a_factor_there_is_nothing_to_recover():
    with pytest.raises(IllegalMove):
        doing(cast.mia, factors.renew_recovery_codes)


def test_of_many_uses_of_a_recovery_code_at_the_same_time_one_counts(database):
    _, codes = enrol(cast.mia)
    assert sorted(parallel(6, cast.mia, factors.prove_by_code, codes[0])) == ["Invalid"] * 5 + ["done"]
    assert page().codes_left == 9
    assert [what for _, what in told(database)].count("A recovery code of your account was used") == 1


def test_another_persons_recovery_code_is_worth_nothing():
    _, codes = enrol(cast.mia)
    enrol(cast.adam)
    with pytest.raises(Invalid):
        doing(cast.adam, factors.prove_by_code, codes[0])


# -- what asks for a confirmation, and whose it is


@pytest.mark.parametrize(("verb", "given"), [
    (factors.offer_totp, ()), (factors.enable_totp, ("123456",)), (factors.remove_totp, ()),
    (factors.renew_recovery_codes, ()), (factors.creation_options, (b"x",)), (factors.add_passkey, ({}, b"x", "x")),
    (factors.remove_passkey, (uuid4(),)),
], ids=lambda each: getattr(each, "__name__", ""))  # fmt: skip
def test_the_keys_to_an_account_are_touched_only_after_a_confirmation(verb, given):
    enrol(cast.mia)
    before = page(), trail()
    with pytest.raises(ConfirmFirst):
        doing(replace(cast.mia, is_confirmed=False), verb, *given)
    for nobody in (Visitor(), cast.northlight):
        with pytest.raises(NotAllowed):
            doing(nobody, verb, *given)
    assert (page(), trail()) == before


def test_what_is_not_there_or_another_persons_does_not_exist():
    with pytest.raises(NotFound):
        doing(cast.mia, factors.rename_passkey, uuid4(), "x")
    doing(cast.mia, factors.remove_passkey, uuid4())
    assert trail() == []


# -- everybody


def test_only_the_owner_asks_it_of_everybody_and_not_without_one_of_their_own():
    for person in (cast.adam, cast.mia, cast.victor):
        with pytest.raises(NotAllowed, match="Only the owner"):
            doing(person, factors.require_of_everybody, is_required=True)
    with pytest.raises(Invalid, match="of your own first"):
        doing(cast.olivia, factors.require_of_everybody, is_required=True)
    enrol(cast.olivia)
    with pytest.raises(ConfirmFirst):
        doing(replace(cast.olivia, is_confirmed=False), factors.require_of_everybody, is_required=True)
    for _ in range(2):
        doing(cast.olivia, factors.require_of_everybody, is_required=True)
    assert trail() == ["factor:add_app", "org:require_factor"]
    with unit_of_work(cast.redshift) as work:
        assert not work.db.get_one(Org, cast.REDSHIFT).require_2fa
    shown = doing(cast.victor, factors.policy_page)
    assert (shown.is_required, shown.words, shown.why_not) == (
        True, "1 of 4 members have one.", "Only the owner can say how members have to sign in.",
    )  # fmt: skip
    doing(cast.olivia, factors.require_of_everybody, is_required=False)
    assert trail()[-1] == "org:waive_factor"
    assert not doing(cast.victor, factors.policy_page).is_required


def test_where_one_is_asked_for_the_last_one_stays():
    enrol(cast.olivia)
    doing(cast.olivia, factors.require_of_everybody, is_required=True)
    with pytest.raises(Invalid, match="asks for a second factor"):
        doing(cast.olivia, factors.remove_totp)
    assert page(cast.olivia).has_app


def test_a_platform_admin_keeps_the_last_one():
    admins.change(cast.email_of(cast.adam), is_to_be=True)
    enrol(cast.adam)
    with pytest.raises(Invalid, match="Platform admins"):
        doing(cast.adam, factors.remove_totp)
    admins.change(cast.email_of(cast.adam), is_to_be=False)
    doing(cast.adam, factors.remove_totp)


def test_who_has_lost_everything_is_helped_from_the_command_line_only(database):
    enrol(cast.mia)
    doing(cast.mia, factors.trust, "a secret")
    for somebody in (cast.olivia, Visitor()):
        with pytest.raises(NotAllowed):
            doing(somebody, factors.forget_factors, "mia@northlight.test")
    with pytest.raises(Invalid, match="Nobody"):
        admins.forget_factors("nobody@northlight.test")
    assert asked_for()
    for _ in range(2):
        assert "password alone" in admins.forget_factors(" MIA@northlight.test ")
    left = page()
    assert (asked_for(), left.has_app, left.codes_left, left.devices) == (False, False, 0, [])
    assert trail()[-1] == "factor:forget_all"
    assert told(database)[-1] == (
        "mia@northlight.test",
        "Your second factors were removed by the people who run ContractFlow",
    )
    enrol(cast.mia)


def parallel(times, actor, verb, *given) -> list[str]:
    """What became of each: "done" or the name of the refusal."""

    def once(_: int) -> str:
        try:
            doing(actor, verb, *given)
        except AppError as refused:
            return type(refused).__name__
        return "done"

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(once, range(times)))
