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
    yield from starting(tmp_path)


@pytest.fixture(scope="module")
def lasting_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartProcess]:
    """Start programs that all tests of a module share, and that end with the last; no test may change them."""
    yield from starting(tmp_path_factory.mktemp("lasting"))


def starting(folder: Path) -> Iterator[StartProcess]:
    """Yield what starts programs in a folder, and end them afterwards."""
    started: list[Process] = []

    def start(
        *argv: str,
        ready: str = "",
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        hears: bool = False,
    ) -> Process:
        program = Process(*argv, cwd=cwd or folder, env=env, hears=hears)
        started.append(program)
        if ready:
            program.wait_for(ready)
        return program

    try:
        yield start
    finally:
        for program in reversed(started):
            program.end()
