"""The log of a program that has not chosen one: what concerns it, on standard error or in a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import IO

from twisted.logger import (
    FilteringLogObserver,
    ILogObserver,
    LogEvent,
    LogLevel,
    LogLevelFilterPredicate,
    eventAsText,
    globalLogBeginner,
    globalLogPublisher,
)
from zope.interface import implementer

NAMESPACE = "netsvc"
"""Of what programs notify themselves, which is always written."""


@implementer(ILogObserver)
class Output:
    """Writes the log: our links and ports, all warnings and errors, and what the program notifies.

    Channels whose names do not begin with a letter or a digit are not written.

    Args:
        environment: May name a file in ``OTCLIB_LOGFILE``, which is written anew unless there is
            ``OTCLIB_APPENDLOGFILE``; ``OTCLIB_NOLOGSTDERR`` keeps standard error free, and
            ``OTCLIB_LOGLONGFORMAT`` asks for the process in each line.

    Attributes:
        to_stderr: Whether standard error is written.
        is_long: Whether each line has the number of the process, and the channel.
        file_name: The file that is written; empty for none.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.to_stderr = "OTCLIB_NOLOGSTDERR" not in environment
        self.is_long = "OTCLIB_LOGLONGFORMAT" in environment
        self.file_name = environment.get("OTCLIB_LOGFILE", "")
        self._appends = "OTCLIB_APPENDLOGFILE" in environment
        self._file: IO[str] | None = None
        self._written: set[str] = set()
        self.is_installed = False

    def set_file(self, name: str) -> None:
        """Write to another file from now on; to none if the name is empty."""
        if self._file is not None:
            self._file.close()
        self.file_name = name
        self._file = None
        self._open()

    def __call__(self, event: LogEvent) -> None:
        """Write an event."""
        channel = event.get("channel", "")
        if channel and not channel[0].isalnum():
            return
        line = eventAsText(event).replace("\n", "\n\t") + "\n"
        if self.is_long:
            line = f"{os.getpid()} {channel or '-'} {line}"
        self._open()
        for stream in (sys.stderr if self.to_stderr else None, self._file):
            if stream is not None:
                stream.write(line)
                stream.flush()

    def _open(self) -> None:
        if self.file_name and self._file is None:
            mode = "a" if self._appends or self.file_name in self._written else "w"
            self._file = open(self.file_name, mode, encoding="utf-8")  # noqa: SIM115 - for as long as we log
            self._written.add(self.file_name)


output = Output(os.environ)
"""Of this process."""


def begin_log() -> None:
    """Begin to log, unless the program logs already; then only a file of our own is written besides."""
    if output.is_installed:
        return
    levels = LogLevelFilterPredicate(defaultLogLevel=LogLevel.warn)
    levels.setLogLevelForNamespace("exchange", LogLevel.info)
    levels.setLogLevelForNamespace(NAMESPACE, LogLevel.debug)
    observer = FilteringLogObserver(output, [levels])
    if getattr(globalLogBeginner, "_temporaryObserver", None) is not None:
        # Twisted has no public way to ask, and beginning twice writes everything twice.
        output.is_installed = True
        globalLogBeginner.beginLoggingTo([observer], redirectStandardIO=False)
    elif output.file_name:
        output.is_installed = True
        output.to_stderr = False
        globalLogPublisher.addObserver(observer)
