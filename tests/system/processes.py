"""Real processes for the system tests: started, waited for by what they say, always ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

PATIENCE = 30.0
"""Seconds to wait for what is expected; a busy machine is slow, a failure is rare."""

AT_ONCE = 5.0
"""Seconds in which something must have happened that waits for nothing, on a busy machine.

Where two seconds are promised, as for Ctrl-C, a quiet machine keeps them; whatever would
be waited for by mistake takes longer than this.
"""

LOOK = 0.2
"""Seconds of one look at what a program says; when it takes longer it is us who were held up, which does not count."""


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(**changes: str) -> dict[str, str]:
    """Return this process's environment without settings for exchange and make, and with ``changes``.

    Programs write each line as they print it, as on a terminal.
    """
    unwanted = ("EXCHANGE_", "MAKE", "MFLAGS")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return inherited | {"PYTHONUNBUFFERED": "1"} | changes


def program(name: str) -> str:
    """Return the path of a program of this virtual environment; any other goes by its name."""
    ours = Path(sys.executable).with_name(name)
    return str(ours) if ours.exists() else name


def _heed_interrupts() -> None:
    """Undo what a shell in the background does: it has its programs ignore Ctrl-C, and theirs too."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Process:
    """One running program, its output gathered line by line.

    It leads a process group of its own, so that whatever it starts ends with it.

    Args:
        argv: The program and its arguments; a program of this virtual environment goes by its bare name.
        cwd: The folder it runs in.
        env: Changes to the environment.
        hears: Whether it is told something, by `say`; otherwise its standard input is empty.
    """

    def __init__(
        self, *argv: str, cwd: Path | None = None, env: Mapping[str, str] | None = None, hears: bool = False
    ) -> None:
        self.argv = (program(argv[0]), *argv[1:])
        self._changed = threading.Condition()
        self._lines: list[str] = []
        self._child = subprocess.Popen(
            self.argv,
            cwd=cwd,
            env=environment(**(env or {})),
            stdin=subprocess.PIPE if hears else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=_heed_interrupts,
        )
        self._output: list[str] = []
        self._errors: list[str] = []
        self._readers = [self._reader(self._child.stdout, self._output), self._reader(self._child.stderr, self._errors)]

    @property
    def pid(self) -> int:
        """The process id."""
        return self._child.pid

    @property
    def output(self) -> str:
        """What it has written to its standard output so far."""
        return "".join(self._output)

    @property
    def errors(self) -> str:
        """What it has written to its standard error so far."""
        return "".join(self._errors)

    @property
    def lines(self) -> list[str]:
        """The lines that it has written so far, on both streams, without their ends."""
        return [line.rstrip("\n") for line in self._lines]

    @property
    def count(self) -> int:
        """How many lines it has written so far, on both streams."""
        return len(self._lines)

    def wait_for(self, text: str, timeout: float = PATIENCE, after: int = 0) -> str:
        """Wait until a line contains ``text``, on either stream, and return the line.

        Args:
            after: How many of the first lines do not count.

        Raises:
            AssertionError: It ended, or the time was up; with all that it said.
        """
        seen, left = after, timeout
        while left > 0:
            began = time.monotonic()
            last_words = not any(reader.is_alive() for reader in self._readers)
            with self._changed:
                if seen >= len(self._lines) and not last_words:
                    self._changed.wait(LOOK)
                fresh, seen = self._lines[seen:], max(seen, len(self._lines))
            for line in fresh:
                if text in line:
                    return line
            if last_words:
                break
            left -= min(time.monotonic() - began, LOOK)
        raise AssertionError(f"{text!r} was never said; {self.story()}")

    def say(self, line: str) -> None:
        """Write a line to its standard input."""
        assert self._child.stdin is not None
        self._child.stdin.write(f"{line}\n")
        self._child.stdin.flush()

    def interrupt(self) -> None:
        """Do what Ctrl-C does in a terminal: SIGINT to the whole group."""
        self.signal(signal.SIGINT)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole group, if any of it still runs."""
        try:
            os.killpg(self._child.pid, number)
        except ProcessLookupError:
            return

    def wait(self, timeout: float = PATIENCE) -> int:
        """Wait until it has ended, and return its exit status; minus the signal if one ended it."""
        try:
            status = self._child.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {timeout} seconds; {self.story()}") from None
        for reader in self._readers:
            reader.join(timeout)
        return status

    def end(self) -> None:
        """Kill whatever is left of it, and close everything."""
        self.signal(signal.SIGKILL)
        self.wait()
        for stream in (self._child.stdin, self._child.stdout, self._child.stderr):
            if stream is not None:
                stream.close()

    def story(self) -> str:
        """Return what it is and all that it has said, for the text of a failure."""
        status = self._child.poll()
        state = "is running" if status is None else f"ended with {status}"
        return f"{' '.join(self.argv)} {state}, and said:\n{self.output}{self.errors}"

    def _reader(self, stream: IO[str] | None, lines: list[str]) -> threading.Thread:
        assert stream is not None
        thread = threading.Thread(target=self._read, args=(stream, lines), daemon=True)
        thread.start()
        return thread

    def _read(self, stream: IO[str], lines: list[str]) -> None:
        for line in stream:
            with self._changed:
                lines.append(line)
                self._lines.append(line)
                self._changed.notify_all()
