"""Fixtures of the system tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.system.processes import Process

StartProcess = Callable[..., Process]


@pytest.fixture
def process(tmp_path: Path) -> Iterator[StartProcess]:
    """Start programs: ``process("twistd", "-n", "exchange", ready="serves", cwd=None, env=None)``.

    Returns when a line of the program contains ``ready``. It runs in a folder of its own
    unless told another, and is ended with the test.
    """
    started: list[Process] = []

    def start(
        *argv: str,
        ready: str = "",
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        hears: bool = False,
    ) -> Process:
        program = Process(*argv, cwd=cwd or tmp_path, env=env, hears=hears)
        started.append(program)
        if ready:
            program.wait_for(ready)
        return program

    yield start
    for program in reversed(started):
        program.end()
