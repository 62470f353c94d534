"""Nothing asks the browser to evaluate what the server sends: the policy forbids it, and it would silently not happen."""

import re
from pathlib import Path

import pytest

PRODUCT = Path(__file__).parents[2] / "contractflow"
USES_REFLEX = [
    *(PRODUCT / "pages").glob("*.py"),
    *(PRODUCT / "components").glob("*.py"),
    *(PRODUCT / "state").glob("*.py"),
]
EVALUATED = re.compile(
    r"rx\.(call_script|call_function|run_script|set_clipboard|clear_selected_files|console_log|window_alert|scroll_to|upload\b)"
)


@pytest.mark.parametrize("module", USES_REFLEX, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_module_uses_no_command_that_is_evaluated(module: Path) -> None:
    source = module.read_text()
    assert not EVALUATED.search(source), "use contractflow.web.commands instead"
    if module.parent.name == "state":
        assert "rx.toast" not in source, "use contractflow.web.commands.toast in handlers"


@pytest.mark.parametrize("module", sorted((PRODUCT / "state").glob("*.py")), ids=lambda path: path.name)
def test_handlers_are_asynchronous_and_helpers_private(module: Path) -> None:
    source = module.read_text()
    assert not re.search(r"@policy\([^)]*\)\s+def ", source), "a synchronous handler stops everybody's events"
    assert not re.search(r"^    (async )?def set_", source, re.MULTILINE), "Reflex's setvar reaches any set_*"
