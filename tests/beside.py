"""Two commands at once: the tests that mostly wait beside those that mostly work.

    python -m tests.beside WORKS [ARGUMENT ...] -- WAITS [ARGUMENT ...]

What the first says is shown as it comes, and what the second says when the first is done,
so that neither is read among the lines of the other. The status is that of the first that
failed. Ctrl-C, or a signal that ends, is passed on to both as one Ctrl-C, and waited for:
what they have started is theirs to end.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from tempfile import TemporaryFile
from time import sleep
from types import FrameType
from typing import IO

LOOK = 0.1
"""Seconds between two looks at what the second says, once the first is done."""


class Beside:
    """The commands that run."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[bytes]] = []
        self._is_interrupted = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._interrupt)

    def start(self, argv: list[str], output: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
        """Start a command, in a group of its own: a Ctrl-C in the terminal is heard here alone, and passed on once."""
        started = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output and subprocess.STDOUT, process_group=0
        )
        self._running.append(started)
        if self._is_interrupted:
            self._interrupt()
        return started

    def _interrupt(self, number: int = signal.SIGINT, frame: FrameType | None = None) -> None:
        self._is_interrupted = True
        for each in self._running:
            if each.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(each.pid, signal.SIGINT)


def run(works: list[str], waits: list[str]) -> int:
    """Run both to their ends, and return the status of the first that failed; 0 if none did."""
    beside = Beside()
    with TemporaryFile() as said:
        second = beside.start(waits, said)
        first = beside.start(works)
        first.wait()
        show(second, said)
    return first.returncode or second.returncode


def show(command: subprocess.Popen[bytes], said: IO[bytes]) -> None:
    """Show all that a command has said, and go on until it ends."""
    place = 0
    while True:
        is_over = command.poll() is not None
        fresh = os.pread(said.fileno(), 2**20, place)
        place += len(fresh)
        sys.stdout.buffer.write(fresh)
        sys.stdout.flush()
        if is_over and not fresh:
            return
        sleep(0 if fresh else LOOK)


if __name__ == "__main__":
    split = sys.argv.index("--")
    sys.exit(run(sys.argv[1:split], sys.argv[split + 1 :]))
