"""The pace of a link: how fast it is read, where there is a limit to that.

There is one to what it changes of its instances and subscriptions, and there may be one to
the calls and the bytes of all links of its principal. Whoever is faster is not refused
anything: nothing more is read for as long as it was too fast, and what it sends waits where it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exchange.routing.rate import Bucket
from exchange.wire.dialogue import Dialogue
from exchange.wire.frames import Frame
from exchange.wire.layouts import Kind
from exchange.wire.limits import KIB
from exchange.wire.terms import Terms

if TYPE_CHECKING:
    from exchange.net.link import LinkProtocol

LEAST_READ, MOST_READ = 4 * KIB, 64 * KIB
PART = 1 / 4
"""Of a second: as much is read at once as may come in it, or the pauses between would be long."""

SMALL_CALL = 64
"""Bytes."""

_REQUEST = int(Kind.REQUEST)


class Pace:
    """The pace of one link.

    Attributes:
        most: How many bytes are to be read at once.
    """

    __slots__ = ("_changes", "_dialogue", "_link", "_spoke", "_terms", "most")

    def __init__(self, link: LinkProtocol, dialogue: Dialogue, terms: Terms) -> None:
        self.most = MOST_READ
        self._link = link
        self._dialogue = dialogue
        self._terms = terms
        self._changes: Bucket | None = None
        self._spoke = 0.0

    def begin(self) -> bool:
        """The link is attached; return whether what its principal sends is counted."""
        allotment = self._link.allotment
        if allotment is None or not allotment.is_paced:
            return False
        calls, size, *_ = allotment.quota
        rates = [calls * SMALL_CALL] if calls is not None else []
        rates += [size] if size is not None else []
        self.most = int(min(MOST_READ, max(LEAST_READ, min(rates) * PART)))
        self._link.read_at_most(self.most)
        return True

    def note(self, size: int, frames: list[Frame]) -> None:
        """So much was read; read nothing more for a while if that was too much."""
        link = self._link
        changes, link.changing = link.changing, 0
        wait = self._wait_for(changes) if changes and link.is_peer else 0.0
        if link.allotment is not None:
            calls = sum(frame[0] == _REQUEST for frame in frames)
            wait = max(wait, link.allotment.use(calls, size, link.now))
        if wait > 0:
            link.reading.stop_for(wait, "pace")

    def tick(self) -> None:
        """While nothing is read: count no silence, and give a sign of life, for what the far end asks is not heard."""
        if not self._link.reading.is_stopped:
            return
        now = self._link.now
        self._dialogue.excuse(now)
        if now - self._spoke >= self._terms.heartbeat / 2:
            self._spoke = now
            self._dialogue.ping()

    def _wait_for(self, changes: int) -> float:
        if self._changes is None:
            limits = self._terms.limits
            # Whoever ends may take back all at once that it has told, and a bridge may have told of very much.
            self._changes = Bucket(limits.max_changes, max(limits.max_changes, limits.max_instances))
        return self._changes.take(changes, self._link.now)
