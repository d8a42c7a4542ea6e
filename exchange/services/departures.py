"""Departures: of names that nobody offers any more, when the last instance went, and why."""

from __future__ import annotations

from typing import NamedTuple

MOST_NAMES = 1_024
"""Names that are remembered; of more, the oldest is forgotten."""


class Departure(NamedTuple):
    """When the last instance of a name went, in seconds since 1970, and why."""

    when: float
    reason: str


class Departures:
    """What is remembered of those who went, by their names."""

    def __init__(self) -> None:
        self._known: dict[str, Departure] = {}

    def __len__(self) -> int:
        return len(self._known)

    def went(self, name: str, when: float, reason: str) -> None:
        """The last instance of a name went."""
        self._known.pop(name, None)
        self._known[name] = Departure(when, reason)
        if len(self._known) > MOST_NAMES:
            del self._known[next(iter(self._known))]

    def came(self, name: str) -> None:
        """There is an instance of a name again."""
        self._known.pop(name, None)

    def of(self, name: str) -> Departure | None:
        """Return what is known of a name that nobody offers."""
        return self._known.get(name)
