"""Changes to what Reflex builds. Each looks for what it expects and fails the build when Reflex changed it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import reflex_base
from reflex_base.plugins import Plugin

ANCHOR: Final = (
    '  if (\n    event.name == "_call_function" &&\n    typeof event.payload.function !== "string"\n  ) {'
)
EVALS: Final = 6
"""How often Reflex's state.js says `eval`; another number means it has to be read again."""

# The events of contractflow.web.commands: a fixed set, arguments are data.
COMMANDS: Final = """  if (event.name == "_cf_ui") {
    const { op, args } = event.payload;
    const toast = refs["__toast"];
    if (op == "toast") (toast?.[args.level] ?? toast)?.(args.message, args.options);
    else if (op == "copy") await navigator.clipboard?.writeText(args.text).catch(() => {});
    else if (op == "load" && /^\\/(?![\\/\\\\])/.test(args.path)) window.location.assign(args.path);
    else console.error("unknown command", op);
    return;
  }
"""
NO_EVAL: Final = (
    "\nconst noEval = (code) => {\n"
    '  throw new Error("strings are not evaluated here: " + String(code).slice(0, 80));\n};\n'
)
BACKEND_URL: Final = re.compile(r"""([`"'])(http|ws)s?://localhost(?::\d+)?(/[^`"']*)\1""")


class WithoutEval(Plugin):  # type: ignore[misc]  # Reflex's types are skipped by mypy
    """Reflex evaluates strings the server sends (toasts, scripts); here they become data-only commands."""

    def pre_compile(self, **context: Any) -> None:
        # The file on disk may be patched already, so the patch always starts from Reflex's own template.
        context["add_modify_task"]("utils/state.js", lambda _on_disk: patched_state_js())


class SameOrigin(Plugin):  # type: ignore[misc]  # Reflex's types are skipped by mypy
    """The front end finds its server where the page came from: one build serves every host, port and scheme."""

    def post_build(self, *, static_dir: Path, **_context: Any) -> None:
        files = list((static_dir / "assets").glob("reflex-env-*.js"))
        if not files:
            raise RuntimeError("Reflex changed where the built front end keeps the address of its server")
        for file in files:
            source, found = BACKEND_URL.subn(
                lambda url: f"location.origin.replace(/^http/,{url[2]!r})+{url[3]!r}", file.read_text("utf-8")
            )
            if found < 3:
                raise RuntimeError(f"no addresses of the server in {file.name}: Reflex changed its build")
            file.write_text(source, "utf-8")


def patched_state_js() -> str:
    source = (Path(reflex_base.__file__).parent / ".templates/web/utils/state.js").read_text("utf-8")
    if source.count(ANCHOR) != 1 or len(re.findall(r"\beval\b", source)) != EVALS:
        raise RuntimeError("Reflex changed state.js: read it again and review contractflow/web/build.py")
    return re.sub(r"\beval(\?\.)?\(", "noEval(", source.replace(ANCHOR, COMMANDS + ANCHOR)) + NO_EVAL
