"""The log of a program that has not chosen one: what concerns it, on standard error."""

from __future__ import annotations

import sys

from twisted.logger import (
    FilteringLogObserver,
    LogLevel,
    LogLevelFilterPredicate,
    globalLogBeginner,
    textFileLogObserver,
)


def begin_log() -> None:
    """Begin to log to standard error, unless the program logs already: our links and ports, all warnings and errors."""
    if getattr(globalLogBeginner, "_temporaryObserver", None) is None:
        return  # Twisted has no public way to ask, and beginning twice writes everything twice
    levels = LogLevelFilterPredicate(defaultLogLevel=LogLevel.warn)
    levels.setLogLevelForNamespace("exchange", LogLevel.info)
    observer = FilteringLogObserver(textFileLogObserver(sys.stderr), [levels])
    globalLogBeginner.beginLoggingTo([observer], redirectStandardIO=False)
