"""The conventions that a linter cannot know. Each test names the rule it keeps; CONTRIBUTING says why.

The code is read, not imported: that takes a second and needs no framework.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import contractflow

ROOT = Path(contractflow.__file__).parent
REPOSITORY = ROOT.parent
SHORT = ("pages", "state", "components", "jobs")
LIMITS = {folder: 150 if folder in SHORT else 300 for folder in
          ["api", "broker", "content", "db", "integrations", "models", "ops", "sandbox", "security", "services",
           "web", "workflows", *SHORT]}  # fmt: skip
VIEW_LINES, HANDLER_LINES = 25, 8

ONES_OWN = "one's own second factors: the gates act on whoever is signed in, or whose password was right"

# Verbs that ask nobody, and why that is right: whatever else the outer layers call asks the table (test_asking.py).
ASKS_NOBODY = {
    "services/invitations.py": "whoever holds the mailed link, before anybody is signed in",
    "services/accounts.py": "before anybody is signed in: only the gates of the database answer",
    "services/identity/signing_in.py": "before anybody is signed in: only the gates of the database answer",
    "services/identity/person_links.py": "a mailed link is the permission",
    "services/identity/resetting.py": "the same",
    "services/identity/changing_email.py: undo": "the same",
    "services/identity/verifying.py": "a mailed link, or one's own account",
    "services/identity/profile.py: words_about": "about whoever has the link or the session",
    "services/sealing/sealing.py: due": "only a worker may sweep: the database refuses anybody else",
    "services/drafts/writing.py: heartbeat": "whoever holds the lease's token",
    "services/platform/appointing.py: lacks_factor": "the gate of the database answers, about whoever has the session",
    "services/platform/appointing.py: is_admin": "the gate of the database answers, about whoever has the session",
    "services/factors/devices.py": ONES_OWN,
    "services/factors/passkeys.py": ONES_OWN,
    "services/factors/rows.py": ONES_OWN,
    "services/sessions.py: end_everywhere": "whoever calls it has proved whose they are, or is the command line",
    "services/portal_links.py": "a mailed link is the permission",
    "services/sessions.py: place": "the gate of the database answers, about whoever has the session",
    "services/sessions.py: seen": "whoever has just acted with the session",
    "services/sessions.py: ended_among": "says only what is over, of sessions one can name",
    "services/sessions.py: copied": "the guard, about a cookie that it saw",
    "services/leads/form.py: find": "everybody may fill in the form of an organisation whose address they have",
    "services/verification.py": "everybody may verify a document whose code they hold",
    "services/webhooks.py": "the inbox takes what the provider signed; its worker asks the provider itself",
    "services/bounces.py: mailed": "the gate of the database answers, about a mail whose Message-ID the vendor signed",
    "services/outgoing/delivering.py: forget": "only a worker may: the database refuses anybody else",
    "services/notifications.py": "the mail worker's own bookkeeping, in its own organisation",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules(folder: str = "") -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(module: ast.Module) -> Iterator[Function]:
    """The module's own functions, without methods."""
    return (node for node in module.body if isinstance(node, Function))


def lines(node: Function) -> int:
    """Of the body, without the docstring."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def called(node: ast.AST) -> set[str]:
    return {ast.unparse(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}


@pytest.mark.parametrize("folder", LIMITS)
def test_modules_fit_in_a_head(folder):
    too_long = {
        name(p): n for p in modules(folder) if (n := len(p.read_text().splitlines())) > LIMITS[folder]
    }
    assert not too_long, f"split by verb: {too_long}"


def test_every_folder_has_a_limit():
    folders = {p.name for p in ROOT.iterdir() if p.is_dir() and any(p.glob("*.py"))}
    assert folders <= set(LIMITS)


def test_every_module_says_what_it_is():
    mute = [name(p) for p in modules() if p.read_text().strip() and not ast.get_docstring(tree(p))]
    assert not mute


def test_a_view_function_fits_on_a_screen():
    too_long = {
        f"{name(p)}: {f.name}": lines(f)
        for folder in ("pages", "components") for p in modules(folder) for f in functions(tree(p))
        if lines(f) > VIEW_LINES
    }  # fmt: skip
    assert not too_long


def handlers() -> Iterator[tuple[str, Function]]:
    for path in modules("state"):
        for owner in (node for node in tree(path).body if isinstance(node, ast.ClassDef)):
            for method in (node for node in owner.body if isinstance(node, Function)):
                if any("rx.event" in ast.unparse(decorator) for decorator in method.decorator_list):
                    yield f"{name(path)}: {owner.name}.{method.name}", method


def test_a_handler_parses_does_one_thing_and_says_so():
    too_long = {where: lines(handler) for where, handler in handlers() if lines(handler) > HANDLER_LINES}
    assert not too_long


def test_handlers_never_block_the_event_loop():
    assert not [where for where, handler in handlers() if not isinstance(handler, ast.AsyncFunctionDef)]


def test_every_handler_says_who_may_call_it():
    open_to_all = [
        where for where, handler in handlers()
        if not any("policy(" in ast.unparse(decorator) for decorator in handler.decorator_list)
    ]  # fmt: skip
    assert not open_to_all


def test_state_leaves_refusals_to_the_one_place_that_shows_them():
    catching = [
        name(p)
        for p in modules("state")
        if p.name != "base.py" and any(isinstance(n, ast.Try) for n in ast.walk(tree(p)))
    ]
    assert not catching


def test_only_the_unit_of_work_commits():
    guilty = [
        name(p) for p in modules()
        if p.name != "unit_of_work.py" and any(c.endswith(".commit") for c in called(tree(p)))
    ]  # fmt: skip
    assert not guilty


def test_nobody_opens_a_session_but_the_unit_of_work():
    libraries = re.compile(
        r"rx\.session\(|(?:sqlmodel|sqlalchemy\.orm) import .*\b(?:Session|sessionmaker)\b"
    )
    guilty = {name(p) for p in modules() if libraries.search(p.read_text())}
    assert guilty <= {"db/sessions.py", "db/unit_of_work.py"}


def test_a_setting_of_the_connection_never_outlives_its_transaction():
    """`set_config(…, false)` would hand one agency's tenancy to the next user of the pooled connection."""
    guilty = [name(p) for p in modules() if re.search(r"set_config\([^)]*false\)", p.read_text())]
    assert not guilty


def test_sql_is_never_built_from_values():
    guilty = [
        f"{name(p)}:{call.lineno}" for p in modules() for call in ast.walk(tree(p))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "text" and call.args
        and isinstance(call.args[0], ast.JoinedStr)
    ]  # fmt: skip
    assert not guilty


def services() -> Iterator[tuple[Path, Function]]:
    for path in modules("services"):
        for function in functions(tree(path)):
            yield path, function


def takes_work(function: Function) -> bool:
    return bool(function.args.args) and function.args.args[0].arg == "work"


def test_every_service_function_that_works_starts_with_the_unit_of_work():
    wrong = [
        f"{name(path)}: {function.name}" for path, function in services()
        if not takes_work(function) and re.search(r"\bwork\.|unit_of_work\(", ast.unparse(function))
    ]  # fmt: skip
    assert not wrong


def test_no_machines_address_is_in_the_code():
    ours = [*modules(), *REPOSITORY.glob("alembic/**/*.py"), *REPOSITORY.glob("tests/**/*.py")]
    guilty = [
        p.name for p in ours if re.search(r"/(?:root|work|home)/\w", p.read_text()) and p != Path(__file__)
    ]
    assert not guilty


def test_tests_that_share_a_server_stay_together(tmp_path: Path) -> None:
    """pytest-xdist writes the group behind the test's name and sends equal ones to one worker. It once failed silently."""
    (tmp_path / "test_one.py").write_text(
        "import pytest\npytestmark = pytest.mark.xdist_group('one')\ndef test_it(): pass\n"
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-v",
        "-n",
        "1",
        "--dist",
        "loadgroup",
        "-p",
        "no:cacheprovider",
    ]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "test_one.py::test_it@one" in ran.stdout, ran.stdout
