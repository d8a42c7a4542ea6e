"""Several commands at once: the tests that mostly wait beside those that mostly work.

    python -m tests.beside WORKS [ARGUMENT ...] -- WAITS [ARGUMENT ...] [-- ...]

What the first says is shown as it comes, and what each of the others says when those before it
are done, so that none is read among the lines of another. The status is that of the first that
failed. Ctrl-C, or a signal that ends, is passed on to all as one Ctrl-C, and waited for:
what they have started is theirs to end.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import ExitStack, suppress
from tempfile import TemporaryFile
from time import sleep
from types import FrameType
from typing import IO

LOOK = 0.1
"""Seconds between two looks at what a command says, once those before it are done."""


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


def run(commands: list[list[str]]) -> int:
    """Run all to their ends, and return the status of the first that failed; 0 if none did."""
    beside = Beside()
    with ExitStack() as files:
        said = [files.enter_context(TemporaryFile()) for _ in commands[1:]]
        others = [beside.start(command, each) for command, each in zip(commands[1:], said, strict=True)]
        first = beside.start(commands[0])
        first.wait()
        for other, each in zip(others, said, strict=True):
            show(other, each)
    return next((each.returncode for each in (first, *others) if each.returncode), 0)


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


def split(words: list[str]) -> list[list[str]]:
    """Return the commands that stand between the dashes."""
    commands: list[list[str]] = [[]]
    for word in words:
        if word == "--":
            commands.append([])
        else:
            commands[-1].append(word)
    return commands


if __name__ == "__main__":
    sys.exit(run(split(sys.argv[1:])))
