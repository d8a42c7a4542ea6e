"""Starting, or refusing to start: what twistd's user is told, on one line."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from twisted.application.service import MultiService
from twisted.internet.error import CannotListenError
from twisted.logger import Logger

from exchange.errors import ConfigurationError

MENDS = {
    errno.EADDRINUSE: "is in use; stop what listens there, or choose another",
    errno.EACCES: "may not be opened by this user; choose another",
    errno.EADDRNOTAVAIL: "is not on this machine; choose another address",
}


class StartRefused(SystemExit, Exception):
    """The process cannot start; it ends with status 1, having told why.

    It is both: twistd takes away its pid file for any `Exception`, and the interpreter
    ends without a traceback for any `SystemExit`.
    """

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line
        self.code = 1

    def __str__(self) -> str:
        return self.line


class Part(MultiService):
    """One part of what a process runs; if it cannot start, the process ends with one line.

    Args:
        label: How people find the part: the command, or file and table.
    """

    log = Logger()

    def __init__(self, label: str) -> None:
        super().__init__()
        self._label = label

    def privilegedStartService(self) -> None:
        """Start what needs privileges, or refuse."""
        with self._refusing():
            super().privilegedStartService()

    def startService(self) -> None:
        """Start the rest, or refuse."""
        with self._refusing():
            super().startService()

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except CannotListenError as error:
            self._refuse(_told(error))
        except ConfigurationError as error:
            self._refuse(str(error))

    def _refuse(self, reason: str) -> None:
        line = f"{self._label}: {reason}"
        # twistd has taken sys.stderr for its log by now; the person is at the other one.
        print(line, file=sys.__stderr__, flush=True)
        self.log.info("not started: {line}", line=line)
        raise StartRefused(line)


def _told(error: CannotListenError) -> str:
    cause = error.socketError
    number = getattr(cause, "errno", None)
    mend = MENDS.get(number) if number is not None else None
    where = f"port {error.port} of {error.interface or 'this machine'}" if isinstance(error.port, int) else error.port
    return f"{where} {mend}" if mend else f"cannot listen at {where}: {cause}"
