"""Exit statuses of the `exchange` command, and which error means which."""

from __future__ import annotations

from enum import IntEnum

from exchange.errors import (
    CallError,
    CallRefused,
    CallTimeout,
    ConfigurationError,
    ExchangeError,
    MethodUnavailable,
    ServiceUnavailable,
)


class Status(IntEnum):
    """What the exit status of the `exchange` command says."""

    FINE = 0
    FAILED = 1
    USAGE = 2
    NO_SUCH_NAME = 3
    TIMED_OUT = 4
    NO_HUB = 5
    DENIED = 6
    UNKNOWN = 7
    INTERRUPTED = 130


class NoHub(ExchangeError):
    """No hub could be linked to; the text says why."""


def status_of(error: Exception) -> Status:
    """Return the status that tells scripts what ``error`` tells people."""
    match error:
        case ConfigurationError():
            return Status.USAGE
        case NoHub():
            return Status.NO_HUB
        case ServiceUnavailable() | MethodUnavailable():
            return Status.NO_SUCH_NAME
        case CallTimeout():
            return Status.TIMED_OUT
        case CallRefused():
            return Status.DENIED
        case CallError(delivered=None):
            return Status.UNKNOWN
        case _:
            return Status.FAILED
