"""`./cf COMMAND`: what can be done from a terminal. Each command imports what it needs, so that `./cf help` is instant."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

Arguments = argparse.Namespace


@dataclass(frozen=True)
class Command:
    name: str
    help: str
    run: Callable[[Arguments], int | None]
    declare: Callable[[argparse.ArgumentParser], object] = lambda _parser: None


def main(argv: Sequence[str] | None = None) -> int:
    parser = _parser()
    arguments, rest = parser.parse_known_args(argv)
    if rest and arguments.command != "test":
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    arguments.rest = rest
    try:
        run: Callable[[Arguments], int | None] = arguments.run
        return run(arguments) or 0
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./cf", description="ContractFlow, from a terminal.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        one = commands.add_parser(command.name, help=command.help, description=command.help)
        command.declare(one)
        one.set_defaults(run=command.run)
    return parser


def _up(arguments: Arguments) -> int:
    from contractflow.ops.up import up

    return up(port=arguments.port, ai_from_sandbox=arguments.ai == "sandbox")


def _test(arguments: Arguments) -> int:
    from contractflow.ops.testing import test

    return test([*arguments.pytest, *arguments.rest])


def _web(arguments: Arguments) -> None:
    from contractflow.ops.serving import serve

    serve(arguments.host, arguments.port, arguments.workers)


def _worker(arguments: Arguments) -> None:
    _tell(arguments.queue)
    from contractflow.jobs import worker

    worker.RUN[arguments.queue]()


def _scheduler(_arguments: Arguments) -> None:
    _tell("scheduler")
    from contractflow.jobs.schedule import run_scheduler

    run_scheduler()


def _healthy(arguments: Arguments) -> int:
    from contractflow.ops.healthy import healthy

    return healthy(arguments.kind)


def _metrics(arguments: Arguments) -> None:
    _tell("metrics")
    from contractflow.ops.metrics import serve

    serve(arguments.host, arguments.port)


def _sandbox(arguments: Arguments) -> None:
    from contractflow.sandbox.server import run

    run(arguments.port, arguments.web_url, smtp_port=arguments.smtp_port, directory=arguments.directory)


def _migrate(_arguments: Arguments) -> None:
    _tell("cli")
    from contractflow.db.migrations import migrate

    migrate()


def _seed(_arguments: Arguments) -> None:
    _tell("cli")
    from contractflow.ops.demo import load

    print(load())


def _demo_code(_arguments: Arguments) -> None:
    from contractflow.ops.demo_codes import code

    print(code())


def _audit_verify(_arguments: Arguments) -> int:
    _tell("cli")
    from contractflow.db.trail import verify_all

    verdicts = verify_all()
    for verdict in verdicts:
        print(verdict)
    return 0 if all(verdict.ok for verdict in verdicts) else 1


def _backup(arguments: Arguments) -> int:
    from contractflow.ops.backup import backup

    return _said(lambda: backup(arguments.directory, arguments.keep))


def _restore(arguments: Arguments) -> int:
    from contractflow.ops import restoring

    return _said(lambda: (restoring.verify if arguments.verify else restoring.restore)(arguments.file))


def _said(do: Callable[[], str]) -> int:
    """What came of it; what is wrong in one line, and 1."""
    from contractflow.errors import Invalid

    _tell("cli")
    try:
        print(do())
    except Invalid as wrong:
        print(wrong.message, file=sys.stderr)
        return 1
    return 0


def _admin(arguments: Arguments) -> int:
    from contractflow.ops import admins

    if arguments.verb == "forget-factors":
        return _said(lambda: admins.forget_factors(arguments.email))
    return _said(lambda: admins.change(arguments.email, is_to_be=arguments.verb == "promote"))


def _keys(arguments: Arguments) -> int:
    from contractflow.errors import Invalid
    from contractflow.ops import data_keys, keys

    try:
        match arguments.verb:
            case "renew-data":
                print(data_keys.renew())
            case "add":
                print(keys.add(arguments.file))
            case "use":
                print(keys.use(arguments.id, arguments.file))
            case "rotate":
                print(keys.rotate(arguments.file))
            case "drop":
                print(keys.drop(arguments.id, arguments.file))
            case _:
                print(keys.listed(arguments.file))
    except Invalid as wrong:
        print(wrong.message, file=sys.stderr)
        return 1
    return 0


def _declare_docs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("page", nargs="?", choices=["workflows", "tenancy"], help="only this one")


def _docs(arguments: Arguments) -> int:
    from contractflow.ops import docs, webhook_docs

    if arguments.page != "tenancy":
        print("wrote", docs.write())
        print("wrote", webhook_docs.write())
    return docs.write_tenancy() if arguments.page != "workflows" else 0


def _doctor(_arguments: Arguments) -> int:
    from contractflow.ops.doctor import doctor

    return doctor()


def _version(_arguments: Arguments) -> None:
    from contractflow import __version__

    print("ContractFlow", __version__)


def _help(_arguments: Arguments) -> None:
    _parser().print_help()


def _tell(component: str) -> None:
    from contractflow.observability import start

    start(component)


def _declare_up(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=_port, default=8080, help="of the web; the sandbox takes the next one (default 8080)"
    )
    parser.add_argument(
        "--ai", choices=["placeholder", "sandbox"], default="placeholder",
        help="who drafts when no AI key is set: sample text, or the real SDKs against the sandbox",
    )  # fmt: skip


def _declare_test(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pytest", nargs="*", help="what pytest should run (default: everything)")


def _declare_web(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=_port, default=8000)
    parser.add_argument("--workers", type=int, default=1)


def _declare_metrics(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=_port, default=9100)


def _declare_sandbox(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=_port, default=8081)
    parser.add_argument("--web-url", default="http://127.0.0.1:8080", help="where the product is")
    parser.add_argument("--smtp-port", type=_port, default=8082, help="where it takes mail")
    parser.add_argument(
        "--directory", type=Path, default=Path(".local/sandbox"), help="where it keeps what it knows"
    )


def _declare_audit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("verb", choices=["verify"])


def _declare_admin(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("verb", choices=["promote", "demote", "forget-factors"])
    parser.add_argument("email", help="of somebody who has signed up")


def _declare_keys(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("verb", choices=["list", "rotate", "add", "use", "drop", "renew-data"])
    parser.add_argument("id", nargs="?", default="", help="of the key to use or to drop")
    parser.add_argument(
        "--file",
        type=Path,
        help="where the keys are kept (a mounted secret); without it the new value is printed",
    )


def _declare_backup(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--directory", type=Path, default=Path("backups"), help="where it goes (default: backups)"
    )
    parser.add_argument("--keep", type=int, default=14, help="how many stay there, the newest (default 14)")


def _declare_restore(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--verify",
        action="store_true",
        help="only prove that it can be: in a database of its own, dropped again",
    )


def _port(text: str) -> int:
    if not (text.isdigit() and 1 <= int(text) <= 65534):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (1 to 65534)")
    return int(text)


# fmt: off
COMMANDS = [
    Command("up",        "set everything up and run the product on this machine",        _up,           _declare_up),
    Command("test",      "run every check and every test; arguments go to pytest",       _test,         _declare_test),
    Command("web",       "serve the built product",                                      _web,          _declare_web),
    Command("worker",    "run the jobs of a queue: drafts, mail or general (PDF)",       _worker,       lambda p: p.add_argument("queue", choices=["drafts", "mail", "general"])),
    Command("scheduler", "find what is due and wake the workers",                        _scheduler),
    Command("healthy",   "whether this container's web or worker lives: for its health check", _healthy,  lambda p: p.add_argument("kind", nargs="?", default="web", choices=["web", "drafts", "mail", "general", "scheduler"])),
    Command("metrics",   "tell Prometheus of queues, workers, providers and drafts",     _metrics,      _declare_metrics),
    Command("sandbox",   "stand-ins for the vendors: mail, payments, AI, captcha",       _sandbox,      _declare_sandbox),
    Command("migrate",   "bring the database to the newest schema",                      _migrate),
    Command("backup",    "write all of the database into one encrypted file",            _backup,       _declare_backup),
    Command("restore",   "a backup into an empty database; --verify only proves that it can", _restore, _declare_restore),
    Command("seed",      "load the demo agency; nothing when it is there",               _seed),
    Command("demo-code", "the demo's platform admin needs a second factor: its code now", _demo_code),
    Command("audit",     "verify: prove that no line of any audit trail was changed",    _audit_verify, _declare_audit),
    Command("admin",     "promote, demote, forget-factors EMAIL: only from here",         _admin,        _declare_admin),
    Command("keys",      "list, rotate, add, use, drop (session cookies), renew-data",    _keys,         _declare_keys),
    Command("docs",      "write docs/workflows.md, docs/webhooks.md and docs/tenancy.md", _docs,         _declare_docs),
    Command("doctor",    "say what this machine has and lacks",                          _doctor),
    Command("version",   "print the version",                                            _version),
    Command("help",      "print this",                                                   _help),
]
# fmt: on
