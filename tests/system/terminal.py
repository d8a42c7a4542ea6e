"""A program at a terminal of its own: what somebody types, and sees."""

from __future__ import annotations

import fcntl
import os
import select
import subprocess
import termios
import time
from collections.abc import Mapping
from pathlib import Path

from tests.system.processes import PATIENCE, environment, program

CTRL_C, CTRL_D = "\x03", "\x04"


class Terminal:
    """Runs a program at a terminal.

    Attributes:
        seen: All that it has shown.
    """

    def __init__(self, *argv: str, cwd: Path, env: Mapping[str, str]) -> None:
        self._master, slave = os.openpty()
        self.seen = ""
        self._child = subprocess.Popen(
            (program(argv[0]), *argv[1:]),
            cwd=cwd,
            env=environment(TERM="xterm", NO_COLOR="1", **env),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)

    def type(self, text: str) -> None:
        """Type; a line ends with ``\\n``."""
        os.write(self._master, text.encode())

    def see(self, text: str) -> str:
        """Wait until it has shown ``text`` once more; return what it showed since the last time, up to it."""
        until = time.monotonic() + PATIENCE
        while text not in self.seen:
            left = until - time.monotonic()
            if left <= 0 or not self._read(left):
                raise AssertionError(f"{text!r} was not shown, but {self.seen!r}")
        before, found, self.seen = self.seen.partition(text)
        return before + found

    def wait(self) -> int:
        """Wait until it has ended, and return its status."""
        until = time.monotonic() + PATIENCE
        while (left := until - time.monotonic()) > 0 and self._read(left):
            pass
        return self._child.wait(PATIENCE)

    def end(self) -> None:
        """End it."""
        if self._child.poll() is None:
            self._child.kill()
            self._child.wait()
        os.close(self._master)

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], seconds)
        try:
            data = os.read(self._master, 65536) if ready else b""
        except OSError:  # nobody has the other end any more
            data = b""
        self.seen += data.decode(errors="replace")
        return bool(data)
