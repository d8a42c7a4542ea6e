"""Starting, or refusing to start: what twistd's user is told, on one line."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from twisted.application.service import MultiService
from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError
from twisted.logger import Logger

from exchange.app.ending import Ending
from exchange.errors import ConfigurationError

IN_USE = "is in use; stop what listens there, or choose another"
MENDS = {
    errno.EADDRINUSE: IN_USE,
    errno.EACCES: "may not be opened by this user; choose another",
    errno.EADDRNOTAVAIL: "is not on this machine; choose another address",
    errno.ENOENT: "is in a folder that does not exist; make it, or choose another",
}
LOCK = ".lock"
"""What the name of a file ends with that Twisted locks before it listens at a Unix socket."""


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
        # twistd in the background would show the first hundred bytes of the line, after all of it was told.
        return "the line above says why"


class Terminal:
    """Whoever started the process: told of what goes wrong until all has started, in the background too.

    twistd takes ``sys.stderr`` for its log, and in the background closes the real one; so a
    copy of that is kept here.

    Args:
        shows_log: Whether the log is written there as well, so that nothing need be told twice.
        twistd: The options that twistd was given, which may choose a log.
    """

    log = Logger()

    def __init__(self, *, shows_log: bool = False, twistd: Mapping[str, Any] | None = None) -> None:
        self.twistd = twistd
        self._shows_log = shows_log
        stream = sys.__stderr__
        self._copy = os.dup(stream.fileno()) if stream is not None else -1

    def tell(self, line: str) -> None:
        """Write one line, to the log too."""
        if self._copy >= 0:
            os.write(self._copy, f"{line}\n".encode(errors="replace"))
        if not self._shows_log:
            self.log.error("not started: {line}", line=line)

    def leave(self) -> None:
        """Let go of the copy: whoever waits for the end of what we write there waits no longer."""
        copy, self._copy = self._copy, -1
        if copy >= 0:
            os.close(copy)


class Whole(MultiService):
    """All parts of a process; when they have started, the terminal is let go.

    Args:
        ending: Is asked to drain them before they are stopped.
        join: Is called with the application of which they become a part.

    Attributes:
        finish: Is called when all of them are stopped, and may return a Deferred.
    """

    def __init__(self, terminal: Terminal, ending: Ending, join: Callable[[object], None] = lambda _: None) -> None:
        super().__init__()
        self._terminal = terminal
        self._ending = ending
        self._join = join
        self.finish: Callable[[], Any] = lambda: None

    def setServiceParent(self, parent: Any) -> None:
        """Become a part of an application, which logs as we say."""
        super().setServiceParent(parent)
        self._join(parent)

    def startService(self) -> None:
        """Start all parts, or refuse."""
        super().startService()
        self._terminal.leave()

    def stopService(self) -> Deferred[None]:
        """Drain all parts if that is how we end, and stop them."""
        stopped = self._ending.drained().addCallback(lambda _: MultiService.stopService(self))
        return stopped.addCallback(lambda _: self.finish())


class Part(MultiService):
    """One part of what a process runs; if it cannot start, the process ends with one line.

    Args:
        label: How people find the part: the command, or file and table.
        terminal: Is told why it cannot start.
    """

    def __init__(self, label: str, terminal: Terminal) -> None:
        super().__init__()
        self._label = label
        self._terminal = terminal

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
        except OSError as error:
            self._refuse(_told_of_system(error))
        except ConfigurationError as error:
            self._refuse(str(error))

    def _refuse(self, reason: str) -> None:
        line = f"{self._label}: {reason}"
        self._terminal.tell(line)
        self._terminal.leave()
        raise StartRefused(line)


def _told(error: CannotListenError) -> str:
    """Return what is told of a port or a Unix socket that cannot be had."""
    cause = error.socketError
    if isinstance(error.port, int):
        return _mended(f"port {error.port} of {error.interface or 'this machine'}", cause)
    where = f"the socket {os.fsdecode(error.port)}"
    # If it is no error of the system, another process holds the lock beside the socket.
    return _mended(where, cause) if isinstance(cause, OSError) else f"{where} {IN_USE}"


def _told_of_system(error: OSError) -> str:
    """Return what is told when the operating system refuses something else, such as the lock beside a socket."""
    name = os.fsdecode(error.filename2 or error.filename or "")
    if not name:
        return str(error)
    return _mended(f"the socket {name.removesuffix(LOCK)}" if name.endswith(LOCK) else name, error)


def _mended(where: str, cause: object) -> str:
    mend = MENDS.get(getattr(cause, "errno", None) or 0)
    return f"{where} {mend}" if mend else f"cannot listen at {where}: {getattr(cause, 'strerror', None) or cause}"
