"""What a process writes to its log, as ``[logging]`` says: text or JSON, where, and from which level on.

twistd asks the application for an observer of the log; ours is put there when the service
that twistd runs is given its parent. Whoever says ``--logger`` or ``--syslog`` has chosen
another.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
from collections.abc import Mapping
from types import FrameType
from typing import Any, TextIO, cast

from twisted.logger import (
    FilteringLogObserver,
    ILogFilterPredicate,
    ILogObserver,
    LogEvent,
    Logger,
    LogLevel,
    LogLevelFilterPredicate,
    PredicateResult,
)
from twisted.python.components import Componentized
from twisted.python.logfile import LogFile
from zope.interface import implementer

from exchange.app.log_lines import JsonLines, TextLines
from exchange.app.tables import LoggingTable
from exchange.errors import ConfigurationError

TWISTD_LOGFILE = "twistd.log"
STDOUT = "-"


@implementer(ILogFilterPredicate)
class Levels:
    """From which level on events are written, by the namespaces that they come from; may be changed at any time."""

    def __init__(self, level: str, levels: Mapping[str, str]) -> None:
        self.change(level, levels)

    def change(self, level: str, levels: Mapping[str, str]) -> None:
        """Write from now on what is at least of ``level``; below a namespace of ``levels``, what is of that one."""
        fits = LogLevelFilterPredicate(LogLevel.levelWithName(level))
        for namespace, name in levels.items():
            fits.setLogLevelForNamespace(namespace, LogLevel.levelWithName(name))
        self._fits = fits

    def __call__(self, event: LogEvent) -> Any:
        """Return whether an event may be written."""
        return self._fits(event) if event.get("log_namespace") else PredicateResult.maybe


class Log:
    """The log of one process.

    Args:
        table: What is written.
        twistd: Its options; ``None`` writes to standard output.

    Attributes:
        levels: Change them to write more or less.
        observer: Writes; ``None`` if twistd has been given another.

    Raises:
        ConfigurationError: Its file cannot be written.
    """

    log = Logger()

    def __init__(self, table: LoggingTable, twistd: Mapping[str, Any] | None = None) -> None:
        self.levels = Levels(table.level, table.levels)
        self.observer: ILogObserver | None = None
        self._is_json = table.format == "json"
        self._is_shown = False
        self._file: LogFile | None = None
        options = twistd or {"nodaemon": True}
        if options.get("logger") or options.get("syslog"):
            return
        place = options.get("logfile") or table.file or (STDOUT if options.get("nodaemon") else TWISTD_LOGFILE)
        if place == STDOUT and not options.get("nodaemon"):
            return  # twistd says that it cannot be
        self._is_shown = place == STDOUT
        if not self._is_shown:
            self._file = _opened(place)
        stream = sys.stdout if self._file is None else cast(TextIO, self._file)
        lines: ILogObserver = JsonLines(stream) if self._is_json else TextLines(stream)
        self.observer = FilteringLogObserver(lines, [self.levels])

    def join(self, application: object) -> None:
        """Have twistd use this log for an application that it is about to run."""
        if self.observer is not None and isinstance(application, Componentized):
            application.setComponent(ILogObserver, self.observer)

    def close(self) -> None:
        """Write no more to its file, if it has one; twistd does until the process ends."""
        if self._file is not None:
            self._file.close()

    def say(self, line: str) -> None:
        """Tell whoever started the process; where each line is one of JSON, as one of these."""
        if self._is_json and self._is_shown:
            self.log.info("{line}", line=line)
        else:
            print(line, file=sys.__stdout__, flush=True)


class _Appended(LogFile):
    """One to which several processes of a site may write: each line goes to its end, and none over that of another."""

    def _openFile(self) -> None:
        super()._openFile()
        descriptor = self._file.fileno()
        fcntl.fcntl(descriptor, fcntl.F_SETFL, fcntl.fcntl(descriptor, fcntl.F_GETFL) | os.O_APPEND)


def _opened(place: str) -> LogFile:
    """Return a file that is rotated as that of twistd is: when it is large, and at SIGUSR1."""
    try:
        file: LogFile = _Appended.fromFullPath(place)
    except OSError as error:
        raise ConfigurationError(f"the log {place} cannot be written: {error.strerror}") from None
    if not signal.getsignal(signal.SIGUSR1):

        def rotate(number: int, frame: FrameType | None) -> None:
            from twisted.internet import reactor

            cast(Any, reactor).callFromThread(file.rotate)

        signal.signal(signal.SIGUSR1, rotate)
    return file
