"""The supervisor of `up`, with small Python programs as children."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from contractflow.ops.child import ROOT, Child
from contractflow.ops.supervisor import Failed, Stopped, Supervisor

NAP = "import time; time.sleep(60)"


def program(source: str) -> list[str]:
    return [sys.executable, "-c", source]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def eventually(condition: Callable[[], object], within: float = 10) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def pids_in(file: Path) -> list[int]:
    return [int(word) for word in file.read_text().split()] if file.exists() else []


async def test_a_child_is_ready_when_it_says_so(tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    slow = Child(
        "slow", program(f"import time, pathlib; time.sleep(.2); pathlib.Path({str(flag)!r}).touch(); time.sleep(60)"),
        is_ready=flag.exists,
    )  # fmt: skip
    async with Supervisor(tmp_path) as supervisor:
        await supervisor.start(slow)
        assert flag.exists()


async def test_who_crashes_is_started_again(tmp_path: Path) -> None:
    seen = tmp_path / "pids"
    source = f"import os, time; print(os.getpid(), file=open({str(seen)!r}, 'a'), flush=True); {NAP}"
    async with Supervisor(tmp_path, pause=0.01) as supervisor:
        await supervisor.start(Child("crasher", program(source), is_ready=seen.exists))
        first = pids_in(seen)[0]
        os.kill(first, signal.SIGKILL)
        assert await asyncio.to_thread(eventually, lambda: len(pids_in(seen)) == 2)
        second = pids_in(seen)[1]
        assert is_alive(second)
    assert not is_alive(second)


async def test_workers_of_a_killed_leader_go_before_it_is_started_again(tmp_path: Path) -> None:
    """Also one that left the process group: an RQ work-horse does."""
    seen = tmp_path / "pids"
    source = f"""
import os, subprocess, sys
grandchild = subprocess.Popen([sys.executable, "-c", {NAP!r}], start_new_session=True)
print(os.getpid(), grandchild.pid, file=open({str(seen)!r}, "a"), flush=True)
{NAP}"""
    async with Supervisor(tmp_path, pause=0.01) as supervisor:
        await supervisor.start(Child("leader", program(source), is_ready=lambda: len(pids_in(seen)) > 1))
        leader, worker = pids_in(seen)
        os.kill(leader, signal.SIGKILL)
        assert await asyncio.to_thread(eventually, lambda: len(pids_in(seen)) == 4)
        assert not is_alive(worker)


async def test_who_cannot_start_is_given_up_with_the_place_of_its_log(tmp_path: Path) -> None:
    async with Supervisor(tmp_path, pause=0.01) as supervisor:
        with pytest.raises(Failed, match=r"broken keeps failing \(exit code 3\).*broken\.log"):
            await supervisor.start(
                Child("broken", program("print('why'); raise SystemExit(3)"), is_ready=lambda: False)
            )
    assert (tmp_path / "broken.log").read_text() == "why\nwhy\n"


async def test_who_keeps_crashing_later_is_given_up_too(tmp_path: Path) -> None:
    async with Supervisor(tmp_path, pause=0.001) as supervisor:
        await supervisor.start(Child("fickle", program("raise SystemExit(4)")))
        with pytest.raises(Failed, match="exit code 4"):
            await asyncio.wait_for(supervisor.wait(), 20)


async def test_a_task_runs_once_and_its_failure_is_told(tmp_path: Path) -> None:
    async with Supervisor(tmp_path) as supervisor:
        await supervisor.finish(Child("task", program("print('done')")))
        with pytest.raises(Failed, match="exit code 5"):
            await supervisor.finish(Child("task", program("raise SystemExit(5)")))


async def test_on_a_full_machine_a_child_lets_others_go_first_when_it_is_told_to(tmp_path: Path) -> None:
    source = "import os; print(os.nice(0))"
    async with Supervisor(tmp_path) as supervisor:
        await supervisor.finish(Child("eager", program(source)))
        await supervisor.finish(Child("patient", program(source), gives_way=True))
    eager, patient = (int((tmp_path / f"{name}.log").read_text()) for name in ("eager", "patient"))
    assert eager == os.nice(0)
    assert patient == min(eager + 10, 19)


async def test_stages_stop_in_reverse_order(tmp_path: Path) -> None:
    order = tmp_path / "order"
    source = """
import pathlib, signal, sys, time
def stop(*_):
    with open({order!r}, "a") as file: print({name!r}, file=file)
    sys.exit()
signal.signal(signal.SIGTERM, stop)
pathlib.Path({flag!r}).touch()
time.sleep(60)"""
    async with Supervisor(tmp_path) as supervisor:
        for name in ("store", "web"):
            flag = tmp_path / name
            text = source.format(order=str(order), name=name, flag=str(flag))
            await supervisor.start(Child(name, program(text), is_ready=flag.exists))
    assert order.read_text().split() == ["web", "store"]


async def test_who_does_not_stop_is_killed(tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    source = f"import pathlib, signal, time; signal.signal(15, signal.SIG_IGN); pathlib.Path({str(flag)!r}).touch(); {NAP}"
    started = time.monotonic()
    async with Supervisor(tmp_path) as supervisor:
        await supervisor.start(Child("stubborn", program(source), is_ready=flag.exists, stop_within=0.2))
    assert time.monotonic() - started < 10


async def test_a_stop_during_the_start_ends_it(tmp_path: Path) -> None:
    async with Supervisor(tmp_path) as supervisor:
        asyncio.get_running_loop().call_later(0.2, supervisor.stop)
        with pytest.raises(Stopped):
            await supervisor.start(Child("never", program(NAP), is_ready=lambda: False))


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("deaf", [False, True], ids=["polite children", "children that ignore SIGTERM"])
def test_kill_9_of_the_supervisor_leaves_nothing_behind(tmp_path: Path, deaf: bool) -> None:
    seen = tmp_path / "pids"
    ignore = "import signal; signal.signal(15, signal.SIG_IGN)" if deaf else ""
    child = f"""
import os, subprocess, sys
{ignore}
grandchild = subprocess.Popen([sys.executable, "-c", {NAP!r}], start_new_session=True)
print(os.getpid(), grandchild.pid, file=open({str(seen)!r}, "a"), flush=True)
{NAP}"""
    up = f"""
import asyncio, pathlib, sys
from contractflow.ops.child import Child
from contractflow.ops.supervisor import Supervisor
async def main():
    Supervisor.grace = 0.5
    async with Supervisor(pathlib.Path({str(tmp_path)!r})) as supervisor:
        await supervisor.start(Child("child", [sys.executable, "-c", {child!r}]))
        await supervisor.wait()
asyncio.run(main())"""
    supervisor = subprocess.Popen(program(up), cwd=ROOT)
    try:
        assert eventually(lambda: len(pids_in(seen)) == 2)
        pids = pids_in(seen)
        assert all(is_alive(pid) for pid in pids)
        supervisor.kill()
        supervisor.wait()
        assert eventually(lambda: not any(is_alive(pid) for pid in pids))
    finally:
        for pid in [supervisor.pid, *pids_in(seen)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
