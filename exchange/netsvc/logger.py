"""A logger: what a program notifies goes to the log, and to whoever monitors its channel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import twisted.logger
from twisted.logger import LogLevel

from exchange.netsvc import log
from exchange.netsvc.guarded import Guarded
from exchange.netsvc.jobs import PRIORITY_JOB
from exchange.netsvc.process import current

LOG_EMERGENCY = 0
LOG_ALERT = 1
LOG_CRITICAL = 2
LOG_ERROR = 3
LOG_WARNING = 4
LOG_NOTICE = 5
LOG_INFO = 6
LOG_DEBUG = 7

_LEVELS = (
    *[LogLevel.critical] * 3,
    LogLevel.error,
    LogLevel.warn,
    LogLevel.info,
    LogLevel.info,
    LogLevel.debug,
)

Monitor = Callable[[str, int, str], object]
"""Takes a channel, a level and a message."""


class Logger(Guarded):
    """The log of this process; each logger may monitor channels of its own."""

    _log = twisted.logger.Logger(log.NAMESPACE)

    def __init__(self) -> None:
        self._process = current()
        self._monitors: dict[str, Monitor] = {}

    def notify(self, level: int, message: str) -> None:
        """Log a message; that is to notify the channel without a name.

        Args:
            level: ``LOG_EMERGENCY``, the most urgent, to ``LOG_DEBUG``. All are logged.

        Raises:
            ValueError: There is no such level.
        """
        self.notifyChannel("", level, message)

    def notifyChannel(self, channel: str, level: int, message: str) -> None:
        """Log a message in a channel; if its name begins with neither letter nor digit, only monitors are told.

        Raises:
            ValueError: There is no such level.
        """
        if level not in range(len(_LEVELS)):
            raise ValueError(f"a level is LOG_EMERGENCY (0) to LOG_DEBUG (7), not {level!r}")
        log.begin_log()
        self._log.emit(_LEVELS[level], "{message}", message=message, channel=channel)
        for logger in list(self._process.loggers):
            self._process.loop.jobs.schedule(partial(logger._tell, channel, level, message), PRIORITY_JOB)

    def monitorChannel(self, channel: str, callback: Monitor | None) -> None:
        """Have ``callback(channel, level, message)`` called with what is notified; ``None`` ends it.

        One callback for each channel of a logger; it is called in a later turn.
        """
        if callback is None:
            self._monitors.pop(channel, None)
        else:
            self._monitors[channel] = callback
        if self._monitors:
            self._process.loggers[self] = None
        else:
            self._process.loggers.pop(self, None)

    def destroyCallbacks(self) -> None:
        """Monitor nothing any more."""
        self._monitors.clear()
        self._process.loggers.pop(self, None)

    def destroyReferences(self) -> None:
        """Do what `destroyCallbacks` does, under its older name."""
        self.destroyCallbacks()

    def setLogFile(self, name: str) -> None:
        """Write the log to a file too, from its beginning; to none if the name is empty."""
        log.output.set_file(name)
        log.begin_log()

    def logFile(self) -> str:
        """Return the name of the file to which the log is written; empty if there is none."""
        return log.output.file_name

    def stderrOutputEnabled(self) -> bool:
        """Tell whether the log is written to standard error."""
        return log.output.to_stderr

    def enableStderrOutput(self) -> None:
        """Write the log to standard error."""
        log.output.to_stderr = True

    def disableStderrOutput(self) -> None:
        """Do not write the log to standard error."""
        log.output.to_stderr = False

    def longFormatEnabled(self) -> bool:
        """Tell whether each line has the number of the process, and the channel."""
        return log.output.is_long

    def enableLongFormat(self) -> None:
        """Have the number of the process and the channel in each line."""
        log.output.is_long = True

    def disableLongFormat(self) -> None:
        """Have neither in the lines."""
        log.output.is_long = False

    def _tell(self, channel: str, level: int, message: str) -> None:
        monitor = self._monitors.get(channel)
        if monitor is not None:
            self._process.loop.guard(self, monitor, channel, level, message)
