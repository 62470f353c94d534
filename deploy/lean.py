"""Make the packages of the image lean: `python deploy/lean.py APP`, with the environment's own Python, while it is built.

Goes: debugging symbols, C sources, packages' own tests. Comes: bytecode, but only of what the product imports anywhere;
the image's file system is read-only, so what has none would be compiled anew at every start. Importing everything is
also the proof that nothing went that is needed.
"""

from __future__ import annotations

import ast
import importlib
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

SOURCES = ("*.c", "*.cpp", "*.h", "*.pyx", "*.pxd", "*.pyi")
NOT_IN_THE_IMAGE = {
    "sandbox",
    "testing.py",
    "up.py",
    "supervisor.py",
    "watcher.py",
    "embedded.py",
    "wheels.py",
}
WORTH_STRIPPING = 1_000_000  # bytes


def main(app: Path) -> None:
    packages = Path(sysconfig.get_path("purelib"))
    before = megabytes(packages)
    for pattern in SOURCES:
        for file in packages.rglob(pattern):
            file.unlink()
    shutil.rmtree(packages / "tests", ignore_errors=True)  # one package installs its tests at the top
    libraries = [file for file in packages.rglob("*.so*") if file.stat().st_size > WORTH_STRIPPING]
    subprocess.run(["strip", "--strip-unneeded", *libraries], check=True)
    for name in sorted(set(imported(app / "contractflow"))):
        importlib.import_module(name)
    print(f"{packages}: {before:.0f} MB, now {megabytes(packages):.0f} MB with the bytecode")


def imported(folder: Path) -> Iterator[str]:
    """Every module that is imported anywhere below `folder`, also within a function."""
    for file in folder.rglob("*.py"):
        if NOT_IN_THE_IMAGE & set(file.relative_to(folder).parts):
            continue
        yield ".".join(file.relative_to(folder.parent).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names if not alias.name.startswith(folder.name))
            elif isinstance(node, ast.ImportFrom) and node.module and not node.module.startswith(folder.name):
                yield node.module


def megabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    sys.dont_write_bytecode = False
    main(Path(sys.argv[1]))
