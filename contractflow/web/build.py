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

SEND: Final = 'socket.emit("event", encodeFormDataArgs(routed_event));'
DISCONNECT: Final = '  socket.current.on("connect_error", retryConnect);'
# What is under way to the server, for buttons: busy_button.jsx. A line that broke will not say what has arrived.
UNDER_WAY: Final = """
const underWay = () => (window.cfUnderWay ??= new Set());
const sending = () => {
  const one = Symbol("event");
  underWay().add(one);
  return () => { underWay().delete(one); window.dispatchEvent(new Event("cf:arrived")); };
};
const forgetUnderWay = () => { underWay().clear(); window.dispatchEvent(new Event("cf:arrived")); };
"""

# The events of contractflow.web.commands: a fixed set, arguments are data.
COMMANDS: Final = """  if (event.name == "_cf_ui") {
    const { op, args } = event.payload;
    const toast = refs["__toast"];
    const local = (path) => /^\\/(?![\\/\\\\])/.test(path);
    const onward = op == "toast" && local(args.path) && { action: { label: args.label, onClick: () => window.location.assign(args.path) } };
    if (op == "toast") (toast?.[args.level] ?? toast)?.(args.message, { ...args.options, ...onward });
    else if (op == "copy") await navigator.clipboard?.writeText(args.text).catch(() => {});
    else if (op == "load" && local(args.path)) window.location.assign(args.path);
    else if (op == "confirm") askToConfirm(() => args.event && addEvents([ReflexEvent(args.event, args.payload)], [], {}));
    else console.error("unknown command", op);
    return;
  }
"""
NO_EVAL: Final = (
    "\nconst noEval = (code) => {\n"
    '  throw new Error("strings are not evaluated here: " + String(code).slice(0, 80));\n};\n'
)
# confirm_identity.jsx listens where there is one; a page without it leaves for the page that is nothing else.
ASK_TO_CONFIRM: Final = """
const askToConfirm = (again) => {
  const asked = new CustomEvent("cf:confirm", { cancelable: true, detail: { again } });
  const here = window.location.pathname + window.location.search;
  if (window.dispatchEvent(asked)) window.location.assign("/confirm-identity?next=" + encodeURIComponent(here));
};
"""
OURS_IN_VITE: Final = {
    # A runtime for styles in scripts, 8 kB of every page, for which nothing here has a use.
    "    alias: [": """
      {
        find: /^@emotion\\/react$/,
        replacement: fileURLToPath(new URL("./utils/jsx.js", import.meta.url)),
      },""",
    # One file for all icons: alone each is 250 bytes, below a head of 800.
    "          groups: [": """
            {
              test: /lucide-react/,
              name: "icons",
            },""",
}
"""By what they follow in vite.config.js."""
BACKEND_URL: Final = re.compile(r"""([`"'])(http|ws)s?://localhost(?::\d+)?(/[^`"']*)\1""")


class WithoutEval(Plugin):  # type: ignore[misc]  # Reflex's types are skipped by mypy
    """Reflex evaluates strings the server sends (toasts, scripts); here they become data-only commands."""

    def pre_compile(self, **context: Any) -> None:
        # The file on disk may be patched already, so the patch always starts from Reflex's own template.
        context["add_modify_task"]("utils/state.js", lambda _on_disk: patched_state_js())


class Leaner(Plugin):  # type: ignore[misc]  # Reflex's types are skipped by mypy
    """Less to load for the first page (bench/weight): our jsx.js takes the place of Emotion's, and icons come together."""

    def pre_compile(self, **context: Any) -> None:
        context["add_save_task"](
            lambda: ("utils/jsx.js", (Path(__file__).parent / "jsx.js").read_text("utf-8"))
        )
        context["add_modify_task"]("vite.config.js", leaner)


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


def leaner(config: str) -> str:
    for anchor, ours in OURS_IN_VITE.items():
        if config.count(anchor) != 1:
            raise RuntimeError(
                "Reflex changed vite.config.js: read it again and review contractflow/web/build.py"
            )
        if ours not in config:  # it is, after an earlier build
            config = config.replace(anchor, anchor + ours)
    return config


def patched_state_js() -> str:
    source = (Path(reflex_base.__file__).parent / ".templates/web/utils/state.js").read_text("utf-8")
    known = all(source.count(words) == 1 for words in (ANCHOR, SEND, DISCONNECT))
    if not known or len(re.findall(r"\beval\b", source)) != EVALS:
        raise RuntimeError("Reflex changed state.js: read it again and review contractflow/web/build.py")
    source = source.replace(ANCHOR, COMMANDS + ANCHOR)
    source = source.replace(SEND, SEND.replace("));", "), sending());"))
    source = source.replace(DISCONNECT, f'{DISCONNECT}\n  socket.current.on("disconnect", forgetUnderWay);')
    return re.sub(r"\beval(\?\.)?\(", "noEval(", source) + NO_EVAL + UNDER_WAY + ASK_TO_CONFIRM
