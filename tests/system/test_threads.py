"""Methods that run in the thread pool of the real reactor."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.system.conftest import StartProcess

pytestmark = pytest.mark.system

PROGRAM = Path(__file__).with_name("threading_services.py")


def test_methods_that_block_run_in_threads_within_their_limit(process: StartProcess) -> None:
    """A cancelled call does not end its thread, so its place is not free before that has ended."""
    program = process("python", str(PROGRAM), env={"PYTHONPATH": str(PROGRAM.parents[2])})

    assert program.wait() == 0, program.story()
    assert program.output.splitlines() == [
        "two are inside, of 3",
        "cancelled CancelledError",
        "inside after the cancel: 2",
        "[1, False, 'block']",
        "[2, False, 'block']",
        "RemoteError ValueError: in a thread",
        "intercepted in the main thread: [True, True, True, True]",
    ]
