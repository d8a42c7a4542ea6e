"""Complaints: what the log is told once of a link that cannot pass on all that it should."""

from __future__ import annotations

from typing import Protocol

from twisted.logger import Logger

from exchange.wire.frames import SIZE_SIZE, Frame
from exchange.wire.limits import Limits


class Complaining(Protocol):
    """A link, as far as it concerns the log."""

    @property
    def log(self) -> Logger:
        """Where it writes."""

    def about(self) -> dict[str, str | None]:
        """Return how the log names it, as the fields of an event."""


class Complaints:
    """What was said of one link."""

    __slots__ = ("_link", "_said_too_large")

    def __init__(self, link: Complaining) -> None:
        self._link = link
        self._said_too_large: tuple[bool, ...] = ()

    def note_full(self, takes: Limits) -> None:
        """The far end has no room for all that it should be told of."""
        text = "link {way}: the hub takes {takes} of one process, and what is more is not known there: {mend}"
        mend = "raise its limits, or offer and subscribe to less"
        self._link.log.error(text, takes=takes.told(), mend=mend, **self._link.about())

    def note_too_large(self, frame: Frame, most: int) -> None:
        """A report was not sent, because the far end takes frames of ``most`` bytes; the first of each kind is told."""
        _, _, (name, subject, to, _, _), raw = frame
        if (to is None) in self._said_too_large:
            return
        self._said_too_large += (to is None,)
        text = "link {way}: a report of '{name}' on {subject!r} has {size} bytes, and the far end takes {most}: {what}"
        what = "it is skipped there" if to is None else "whoever subscribes there later is not shown it"
        what = f"{what}; others are counted from now on"
        size = len(raw) - SIZE_SIZE
        self._link.log.warn(text, name=name, subject=subject, size=size, most=most, what=what, **self._link.about())
