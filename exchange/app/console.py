"""What a person at a terminal is told: warnings and worse, short; not every link and listener.

For ``twistd --logger exchange.app.console.observer``.
"""

from __future__ import annotations

import sys
from typing import TextIO

from twisted.logger import (
    FilteringLogObserver,
    ILogObserver,
    LogEvent,
    LogLevel,
    LogLevelFilterPredicate,
    eventAsText,
)
from zope.interface import implementer


@implementer(ILogObserver)
class ConsoleObserver:
    """Writes what is logged to a stream, a line each; a failure with its traceback."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __call__(self, event: LogEvent) -> None:
        """Write one line, and the traceback if there is one."""
        text = eventAsText(event, includeTimestamp=False, includeSystem=False)
        if text:
            self._stream.write(f"{text}\n")
            self._stream.flush()


def observer(stream: TextIO | None = None) -> ILogObserver:
    """Return an observer that writes warnings and worse to ``stream``, by default standard error."""
    quiet = LogLevelFilterPredicate(defaultLogLevel=LogLevel.warn)
    return FilteringLogObserver(ConsoleObserver(stream or sys.stderr), [quiet])
