"""The ledger knows what really happened to every call, and says so when somebody was told otherwise.

It stands outside of the exchanges: callers and callees of all processes write in it
what they do. What the switches told a caller is compared with it at once.
"""

from __future__ import annotations

from dataclasses import dataclass

from exchange.wire.identities import readable


class Broken(AssertionError):
    """A promise of the switch was broken."""


@dataclass(slots=True)
class Entry:
    """What happened to one call so far.

    Attributes:
        told: What its caller was told of its delivery, if it ended with a failure.
    """

    has_run: bool = False
    has_ended: bool = False
    told: bool | None = None


class Ledger:
    """All calls of all exchanges.

    Attributes:
        entries: By the id of the call; for reading.
        ended: How many ended in which way.
    """

    def __init__(self) -> None:
        self.entries: dict[bytes, Entry] = {}
        self.ended: dict[str, int] = {}

    def begun(self, call: bytes) -> None:
        """A caller made a call."""
        self.entries[call] = Entry()

    def ran(self, call: bytes) -> None:
        """The method of a call started."""
        entry = self._entry(call)
        if entry.has_run:
            raise Broken(f"the method of call {readable(call)} ran twice")
        if entry.has_ended and entry.told is False:
            raise Broken(f"call {readable(call)} ran after its caller was told that it was not delivered")
        entry.has_run = True

    def replied(self, call: bytes, body: bytes) -> None:
        """The caller got a result."""
        if not self._end(call, "reply").has_run:
            raise Broken(f"call {readable(call)} has a result, and its method never ran")
        if body != call:
            raise Broken(f"call {readable(call)} has the result of another")

    def failed(self, call: bytes, kind: str, delivered: bool | None) -> None:
        """The caller got a failure."""
        entry = self._end(call, kind)
        entry.told = delivered
        if delivered is False and entry.has_run:
            raise Broken(f"the caller of {readable(call)} was told by {kind} that it was not delivered, and it ran")
        if delivered is True and not entry.has_run:
            raise Broken(f"the caller of {readable(call)} was told by {kind} that it was delivered, and it never ran")

    def gave_up(self, call: bytes, why: str) -> None:
        """The caller waits no longer: it cancelled, its time was up, or its process is gone."""
        self._end(call, why)

    def is_open(self, call: bytes) -> bool:
        """Whether somebody waits for the answer."""
        return not self._entry(call).has_ended

    def _end(self, call: bytes, how: str) -> Entry:
        entry = self._entry(call)
        if entry.has_ended:
            raise Broken(f"call {readable(call)} ended twice")
        entry.has_ended = True
        self.ended[how] = self.ended.get(how, 0) + 1
        return entry

    def _entry(self, call: bytes) -> Entry:
        entry = self.entries.get(call)
        if entry is None:
            raise Broken(f"nobody made the call {readable(call)}")
        return entry
