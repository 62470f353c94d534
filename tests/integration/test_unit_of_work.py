"""The unit of work: one transaction, one actor, the trail last, the rest after the commit."""

import logging
import os
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from contractflow.db.engine import engine, forget_engines, options, use_role
from contractflow.db.roles import DbRole
from contractflow.db.sessions import NoActor
from contractflow.db.unit_of_work import glance, unit_of_work
from contractflow.errors import NotAllowed, NotFound, Stale
from contractflow.models import AuditEvent, Client, Contact, Document, Membership, Org, Signer
from contractflow.permissions import Permission, PlatformAdmin, Role, System, Visitor
from contractflow.permissions import Signer as SignerActor
from contractflow.services import accounts
from contractflow.services.moving import locked, move
from contractflow.workflows.crm import PROJECT, ProjectStatus
from tests import builders, cast

pytestmark = pytest.mark.usefixtures("database")


def trail(actor=cast.northlight):
    with unit_of_work(actor) as work:
        return list(work.db.exec(select(AuditEvent).order_by(col(AuditEvent.seq))))


def test_what_was_done_is_saved_with_its_trail():
    with unit_of_work(cast.mia) as work:
        client = builders.a_client(work, name="Bright Foods")
        work.record("client:create", "client", client.id, name="Bright Foods", at=work.now)
    (event,) = trail()
    assert (event.action, event.entity_id, event.actor_kind, event.actor_id) == (
        "client:create", client.id, "user", cast.mia.user_id,
    )  # fmt: skip
    assert (event.actor_label, event.ip, event.user_agent) == ("Mia Member", "192.0.2.1", "pytest")
    assert event.data["name"] == "Bright Foods"


def test_the_trail_says_what_a_setting_was_and_is():
    with unit_of_work(cast.adam) as work:
        pairs = {
            "role": (Role.MEMBER.label, "Admin"),
            "zone": ("UTC", "UTC"),
            "note": ("", "x" * 1000),
            "days": (14, None),
        }
        work.record("member:change_role", "membership", uuid4(), changes=pairs)
        work.record("member:look", "membership", uuid4(), changes={"role": ("Admin", "Admin")})
    changed, same = trail()
    assert changed.data["changes"] == {
        "role": ["Member", "Admin"],
        "note": ["", "x" * 200 + "…"],  # a text has no place in the trail
        "days": [14, None],
    }
    assert same.data == {}


@pytest.mark.parametrize("told", ["unknown", "", "192.0.2.1:443", "fe80::1%eth0", "';--"])
def test_an_odd_address_does_not_stop_the_verb(told):
    with unit_of_work(replace(cast.mia, ip=told)) as work:
        work.record("client:edit", "client", uuid4())
    (event,) = trail()
    assert event.ip == ("fe80::1" if told.startswith("fe80") else None)


def test_nothing_is_left_of_what_failed():
    ran = []
    with pytest.raises(ZeroDivisionError), unit_of_work(cast.mia) as work:
        builders.a_client(work)
        work.record("client:create", "client", uuid4())
        work.after_commit(lambda: ran.append(1))
        raise ZeroDivisionError
    with unit_of_work(cast.mia) as work:
        assert work.db.exec(select(Client)).all() == []
    assert trail() == []
    assert ran == []


def test_a_commit_that_is_refused_leaves_nothing_and_runs_nothing():
    ran = []
    with pytest.raises(IntegrityError, match="has an owner"), unit_of_work(cast.northlight) as work:
        work.after_commit(lambda: ran.append(1))
        work.db.get(Membership, cast.olivia.membership_id).role = Role.ADMIN
    assert ran == []


def test_what_follows_the_commit_sees_it_and_may_fail(caplog):
    seen = []

    def look():
        with unit_of_work(cast.mia) as work:
            seen.extend(work.db.exec(select(Client.name)))

    with caplog.at_level(logging.ERROR), unit_of_work(cast.mia) as work:
        builders.a_client(work, name="Bright Foods")
        work.after_commit(lambda: 1 / 0)
        work.after_commit(look)
    assert seen == ["Bright Foods"]
    assert "should follow the commit" in caplog.text


def test_the_answer_may_go_out_before_all_else_that_follows():
    order = []
    with unit_of_work(cast.mia) as work:
        work.after_commit(lambda: order.append("wake a worker"))
        work.after_commit(lambda: order.append("answer"), first=True)
    assert order == ["answer", "wake a worker"]


def test_connections_that_the_database_closed_are_replaced_before_anybody_notices():
    """All of them at once: after a restart nobody's first click is lost."""
    forget_engines()
    with ExitStack() as held:
        for _ in range(3):
            held.enter_context(engine().connect())
    with engine(DbRole.OWNER).connect() as owner:
        owner.execute(text("SET ROLE NONE"))  # as the login itself, whose connections they are
        others = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
        assert len(owner.execute(text(others)).all()) >= 3
    for _ in range(3):
        with unit_of_work(cast.mia) as work:
            assert work.now


def test_a_session_without_an_actor_is_an_error():
    with Session(engine()) as db, pytest.raises(NoActor):
        db.exec(select(Org))


def test_now_is_one_moment_for_all_of_it():
    with unit_of_work(cast.mia) as work:
        first = work.now
        work.db.execute(text("SELECT pg_sleep(0.01)"))
        assert work.now == first
        assert first.tzinfo is UTC or first.utcoffset() == timedelta(0)
        assert abs(first - datetime.now(UTC)) < timedelta(seconds=30)


@pytest.mark.parametrize(
    ("actor", "kind", "label"),
    [
        (cast.olivia, "user", "Olivia Owner"),
        (System(cast.NORTHLIGHT, "billing"), "system", "billing"),
        (System(cast.NORTHLIGHT, "paddle"), "provider", "paddle"),
        (PlatformAdmin(uuid4(), cast.NORTHLIGHT, "Petra"), "platform_admin", "Petra"),
        (SignerActor(cast.NORTHLIGHT, uuid4(), uuid4(), "Clara Client"), "contact", "Clara Client"),
    ],
)
def test_the_trail_names_every_kind_of_actor(actor, kind, label):
    with unit_of_work(actor) as work:
        work.record("org:look", "org", cast.NORTHLIGHT)
    (event,) = trail()
    assert (event.actor_kind, event.actor_label) == (kind, label)


def test_what_follows_by_itself_is_recorded_as_ours():
    with unit_of_work(cast.mia) as work:
        work.record("invoice:issue", "invoice", uuid4(), by=work.system("billing"))
    assert trail()[0].actor_label == "billing"


def test_a_visitor_has_no_organisation_and_leaves_no_trail():
    with unit_of_work(Visitor()) as work:
        assert work.db.exec(select(Org)).all() == []
        with pytest.raises(RuntimeError):
            work.system("sign-up")
        with pytest.raises(NotAllowed):
            work.require(Permission.ORG_READ)
    with pytest.raises(RuntimeError, match="no trail"), unit_of_work(Visitor()) as work:
        work.record("org:look", "org", uuid4())


def test_parents_are_saved_before_children_in_whatever_order_they_were_added():
    with unit_of_work(cast.mia) as work:
        client = Client(org_id=cast.NORTHLIGHT, name="Bright Foods", currency="EUR")
        contact = Contact(
            org_id=cast.NORTHLIGHT, client_id=client.id, name="Clara", email="clara@bright.test"
        )
        document = Document(
            org_id=cast.NORTHLIGHT, client_id=client.id, kind="sow", number="1", title="T", currency="EUR",
            owner_id=cast.mia.membership_id, created_by=cast.mia.user_id,
        )  # fmt: skip
        signer = Signer(
            org_id=cast.NORTHLIGHT,
            document_id=document.id,
            contact_id=contact.id,
            name="Clara",
            email=contact.email,
        )
        for row in (signer, document, contact, client):
            work.db.add(row)
    with unit_of_work(cast.mia) as work:
        assert work.db.get(Signer, signer.id)


def test_saving_over_somebody_else_is_stale():
    with unit_of_work(cast.mia) as work:
        document = builders.a_document(work)

    def rename():
        with unit_of_work(cast.adam) as other:
            other.db.get(Document, document.id).title = "Adam's title"

    with pytest.raises(Stale), unit_of_work(cast.mia) as work:
        mine = work.db.get(Document, document.id)
        thread = Thread(target=rename)
        thread.start()
        thread.join()
        mine.title = "Mia's title"


def test_locked_answers_the_row_as_it_is_now_and_hides_what_is_not_ours():
    with unit_of_work(cast.mia) as work:
        project_client = builders.a_client(work)
    with unit_of_work(cast.mia) as work:
        assert locked(work, Client, project_client.id, "client").name == project_client.name
    with pytest.raises(NotFound, match="That client does not exist"), unit_of_work(cast.rita) as work:
        locked(work, Client, project_client.id, "client")


def test_a_move_checks_the_table_changes_the_row_and_writes_the_trail():
    from contractflow.models import Project

    with unit_of_work(cast.mia) as work:
        client = builders.a_client(work)
        project = Project(org_id=client.org_id, client_id=client.id, name="Launch", currency="EUR")
        work.db.add(project)
        move(work, project, PROJECT, "start", note="kick-off")
    assert project.status is ProjectStatus.ACTIVE
    (event,) = trail()
    assert event.action == "project:start"
    assert event.data == {"from": "planned", "to": "active", "note": "kick-off"}
    with pytest.raises(NotAllowed), unit_of_work(cast.victor) as work:
        move(work, locked(work, Project, project.id, "project"), PROJECT, "hold")


@pytest.mark.parametrize("role", [DbRole.APP, DbRole.WORKER, DbRole.OPS, DbRole.OWNER])
def test_a_process_connects_as_the_role_it_says(role):
    use_role(role)
    with engine().connect() as connection:
        assert connection.execute(text("SELECT current_user")).scalar() == role
        assert connection.execute(text("SHOW plan_cache_mode")).scalar() == "force_custom_plan"
    use_role(DbRole.APP)


def test_one_pooled_connection_remembers_nobody(database):
    single = create_engine(
        database.url, connect_args={"options": options(DbRole.APP)}, pool_size=1, max_overflow=0
    )
    count = text("SELECT count(*) FROM membership")
    info = {"actor": cast.olivia}
    with Session(single, info=dict(info)) as db:
        assert db.execute(count).scalar() == 4
        db.rollback()
        assert db.execute(count).scalar() == 4  # introduced anew after a rollback
        with db.begin_nested():
            assert db.execute(count).scalar() == 4
        db.commit()
    with single.connect() as connection:
        assert connection.execute(count).scalar() == 0
    with Session(single, info=dict(info)) as db:
        with pytest.raises(Exception, match="division by zero"):
            db.execute(text("SELECT 1/0"))
        db.rollback()
    with single.connect() as connection:
        assert connection.execute(count).scalar() == 0
    single.dispose()


def test_a_forked_child_leaves_the_parents_connections_alone():
    count = text("SELECT count(*) FROM membership")
    with unit_of_work(cast.mia) as work:
        parents = work.db.execute(text("SELECT pg_backend_pid()")).scalar()
        child = os.fork()
        if child == 0:
            with unit_of_work(cast.rita) as own:
                fine = own.db.execute(text("SELECT pg_backend_pid()")).scalar() != parents
                fine = fine and own.db.execute(count).scalar() == 1
            os._exit(0 if fine else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert work.db.execute(count).scalar() == 4


def test_a_glance_asks_the_gates_and_sees_no_table():
    with glance(Visitor()) as work:
        member = accounts.membership(work, cast.mia.user_id, cast.NORTHLIGHT)
        assert member
        assert (member.membership_id, member.role) == (cast.mia.membership_id, Role.MEMBER)
        assert work.db.exec(select(Membership)).all() == []


def test_a_glance_leaves_the_next_transaction_whole():
    """It uses a connection without transactions, and gives it back to the pool."""
    forget_engines()  # a fresh pool has this one connection
    with glance(Visitor()) as work:
        assert accounts.membership(work, cast.mia.user_id, cast.NORTHLIGHT)
    with pytest.raises(ZeroDivisionError), unit_of_work(cast.mia) as work:
        builders.a_client(work)
        work.db.flush()
        raise ZeroDivisionError
    with unit_of_work(cast.mia) as work:
        assert work.db.exec(select(Client)).all() == []
