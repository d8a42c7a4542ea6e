"""The ledger knows what really happened to every call, and says so when somebody was told otherwise.

A call that a bridge passes on is another call to the exchanges, and the same here: its
arguments say which one it was at first.

It stands outside of the exchanges: callers and callees of all processes write in it
what they do. What the switches told a caller is compared with it at once.
"""

from __future__ import annotations

from dataclasses import dataclass

from exchange.wire.identities import Id, maker_of, readable


class Broken(AssertionError):
    """A promise of the switch was broken."""


@dataclass(slots=True)
class Entry:
    """What happened to one call so far.

    Attributes:
        group: The exchange group that it was made in.
        told: What its caller was told of its delivery, if it ended with a failure.
    """

    group: str
    has_run: bool = False
    has_ended: bool = False
    told: bool | None = None


class Ledger:
    """All calls of all exchanges.

    Attributes:
        entries: By the id of the call; for reading.
        audiences: For whom each instance is that there ever was, by its id.
        ended: How many ended in which way.
    """

    def __init__(self) -> None:
        self.entries: dict[bytes, Entry] = {}
        self.audiences: dict[bytes, str] = {}
        self.ended: dict[str, int] = {}

    def begun(self, call: bytes, group: str) -> None:
        """A caller in an exchange group made a call."""
        self.entries[call] = Entry(group)

    def may_see(self, identity: bytes, group: str, thing: bytes) -> bool:
        """Whether an instance is for an exchange, by its identity and its exchange group."""
        audience = self.audiences[thing]
        return maker_of(Id(thing)) == identity or audience == "*" or (audience != "" and audience == group)

    def ran(self, call: bytes, thing: bytes) -> None:
        """The method of a call started, of an instance."""
        entry = self._entry(call)
        if not self.may_see(maker_of(Id(call)), entry.group, thing):
            raise Broken(f"call {readable(call)} reached a service that is not for its exchange group")
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
