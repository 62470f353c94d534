"""Who asks whom: read from the sources, which permissions a verb of the services asks for, itself or through what it calls.

A call is followed by its name through the imports of its module, so that two verbs of one name are told apart.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any

import contractflow
from contractflow.permissions import Permission
from contractflow.workflows.machine import Workflow

ROOT = Path(contractflow.__file__).parent
BETWEEN = ("contractflow.web.", "contractflow.state.")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Asked:
    """What a function does itself: the permissions it asks for, whether it asks otherwise, and what it calls."""

    permissions: set[Permission] = field(default_factory=set)
    looks_at_actor: bool = False
    moves: set[str] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)


@cache
def functions() -> dict[str, tuple[str, Function]]:
    """Every function of the services by its full name, with its module; methods under their class."""
    found: dict[str, tuple[str, Function]] = {}
    for path in sorted((ROOT / "services").rglob("*.py")):
        module = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, Function):
                found[f"{module}.{node.name}"] = module, node
    return found


@cache
def of(name: str) -> Asked:
    """What the function of that full name asks, with everything it calls."""
    whole, seen, waiting = Asked(), {name}, [name]
    while waiting:
        own = _own(waiting.pop())
        whole.permissions |= own.permissions
        whole.moves |= own.moves
        whole.looks_at_actor |= own.looks_at_actor
        fresh = own.calls - seen
        seen |= fresh
        waiting += fresh
    return whole


@cache
def _own(name: str) -> Asked:
    module, node = functions()[name]
    names = vars(import_module(module))
    asked = Asked()
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            _read_call(part, names, module, asked)
        elif isinstance(part, ast.Name) and (target := _full_name(names.get(part.id))):
            asked.calls.add(target)  # handed on as a value: a table of verbs, a callback
    asked.looks_at_actor = any(
        isinstance(part, ast.Attribute) and ast.unparse(part) in {"work.member", "work.actor"}
        and isinstance(getattr(part, "ctx", None), ast.Load) and ("isinstance" in ast.unparse(node) or "work.member" in ast.unparse(node))
        for part in ast.walk(node)
    )  # fmt: skip
    return asked


def _read_call(call: ast.Call, names: dict[str, Any], module: str, asked: Asked) -> None:
    words = ast.unparse(call.func)
    if words in {"work.require", "require", "why_not", "permissions.why_not"}:
        asked.permissions |= _permissions(call, names)
    elif words == "move" and len(call.args) >= 3:
        workflow = _value(call.args[2], names)
        asked.moves |= {f"{ast.unparse(call.args[2])}"}
        asked.permissions |= _movers(workflow, call.args[3] if len(call.args) > 3 else None)
    elif target := _full_name(_value(call.func, names)):
        asked.calls.add(target)
        if any("require(" in ast.unparse(line) for line in functions()[target][1].body):
            asked.permissions |= _permissions(call, names)  # handed on to who asks


def _permissions(call: ast.Call, names: dict[str, Any]) -> set[Permission]:
    values = [_value(argument, names) for argument in call.args]
    return {value for value in values if isinstance(value, Permission)}


def _movers(workflow: object, verb: ast.expr | None) -> set[Permission]:
    """The permissions that a move asks for; a verb that is no literal may be any of its workflow."""
    if not isinstance(workflow, Workflow):
        return set()
    wanted = verb.value if isinstance(verb, ast.Constant) else None
    return {
        move.who for move in workflow.moves
        if isinstance(move.who, Permission) and wanted in (None, move.verb)
    }  # fmt: skip


def _value(expression: ast.expr, names: dict[str, Any]) -> object:
    """What a dotted name stands for in its module; None for anything else."""
    if isinstance(expression, ast.Name):
        return names.get(expression.id)
    if isinstance(expression, ast.Attribute):
        return getattr(_value(expression.value, names), expression.attr, None)
    return None


def _full_name(value: object) -> str:
    """ "contractflow.services.clients.add", if it is one of the services' own functions."""
    name = f"{getattr(value, '__module__', '')}.{getattr(value, '__name__', '')}"
    return name if name in functions() else ""


def called_in(node: ast.AST, names: dict[str, Any]) -> set[str]:
    """The services' functions that are named in `node`, a piece of a module whose names are `names`.

    What stands between, in contractflow.web and .state, is followed.
    """
    found: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name | ast.Attribute):
            value = _value(part, names)
            if target := _full_name(value):
                found.add(target)
            elif str(getattr(value, "__module__", "")).startswith(BETWEEN) and isinstance(
                value, FunctionType
            ):
                found |= _called_between(value)
    return found


def named_in(module: ast.Module, names: dict[str, Any]) -> set[str]:
    """The services' functions that a module names, also within its functions' own imports."""
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("contractflow.services"):
            source = import_module(node.module or "")
            fallback = {alias.asname or alias.name: getattr(source, alias.name, None) for alias in node.names}
            names = {**fallback, **names}
    return {
        target for part in ast.walk(module)
        if isinstance(part, ast.Name | ast.Attribute) and (target := _full_name(_value(part, names)))
    }  # fmt: skip


@cache
def _called_between(function: FunctionType) -> frozenset[str]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    own = {ast.unparse(part.func) for part in ast.walk(tree) if isinstance(part, ast.Call)}
    if function.__name__ in own:
        return frozenset()  # calls itself
    return frozenset(called_in(tree, vars(import_module(function.__module__))))
