"""The sandbox, whose faults these tests set."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox import Sandbox, running_sandbox


@pytest.fixture(scope="session")
def ai_sandbox(tmp_path_factory) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path_factory.mktemp("ai-sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(ai_sandbox) -> Iterator[Sandbox]:
    ai_sandbox.clear()
    yield ai_sandbox
    ai_sandbox.clear()
