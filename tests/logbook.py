"""A logbook keeps what was logged, so that a test can say what must be there, and what must not."""

from __future__ import annotations

from twisted.logger import ILogObserver, LogEvent, formatEvent
from zope.interface import implementer


@implementer(ILogObserver)
class Logbook:
    """An observer of the log."""

    def __init__(self) -> None:
        self._events: list[LogEvent] = []

    def __call__(self, event: LogEvent) -> None:
        self._events.append(event)

    def lines(self, containing: str = "") -> list[str]:
        """Return the lines that contain a text."""
        return [line for line in map(formatEvent, self._events) if containing in line]

    def forget(self) -> None:
        """Forget all lines, and keep the failures."""
        self._events = [event for event in self._events if "log_failure" in event]

    def failures(self) -> list[str]:
        """Return the texts of the exceptions that were logged, and forget them."""
        failures = [event["log_failure"] for event in self._events if "log_failure" in event]
        self._events = [event for event in self._events if "log_failure" not in event]
        return [f"{type(failure.value).__name__}: {failure.getErrorMessage()}" for failure in failures]
