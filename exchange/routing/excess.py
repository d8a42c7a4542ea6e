"""The excess: what waits for a link above its soft limit, of each thing the last word alone.

It is the queue of a link that cannot keep up. Nothing changes its place but by being left
out; so whatever is told in the end is told in the order in which it was said. One thing
is told earlier than it was said, and that is right because those who hear of it go by
numbers: what is kept, and shown to one subscription, takes the place of what it
follows, so that it is there before the picture is said to be whole.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from typing import NamedTuple

from exchange.routing.interest import BUILT_IN
from exchange.routing.wishes import About, Wishes
from exchange.wire.frames import Frame, parse
from exchange.wire.layouts import Kind

ENTRY_COST = 400
"""Bytes that a frame takes in memory besides its own, with all that is noted about it."""

WHOLE = ""
"""The subject of the addressed report that ends a picture."""

_BEGINNINGS = {int(Kind.WITHDRAW): Kind.ANNOUNCE, int(Kind.UNSUBSCRIBE): Kind.SUBSCRIBE}


class Entry(NamedTuple):
    """One frame that waits: what it is the last word about, if anything, and whose report it is, if one."""

    raw: bytes
    key: Hashable = None
    about: About | None = None

    @property
    def size(self) -> int:
        """What it takes in memory."""
        return len(self.raw) + ENTRY_COST


class Excess:
    """Frames that wait, in the order in which they will go out.

    Args:
        is_full: Whether too much waits.
        make_room: Drops the oldest that may be, if too much waits.
        skip: Notes that a report is left out.

    Attributes:
        size: What they take, in bytes.
    """

    def __init__(
        self, wishes: Wishes, is_full: Callable[[], bool], make_room: Callable[[], None], skip: Callable[[About], None]
    ) -> None:
        self.size = 0
        self._wishes = wishes
        self._is_full = is_full
        self._make_room = make_room
        self._skip = skip
        self._entries: OrderedDict[int, Entry] = OrderedDict()
        self._count = 0
        self._last: dict[Hashable, int] = {}
        self._reports: dict[bytes, int] = {}
        self._droppable: deque[int] = deque()
        self._rules: dict[int, Callable[[Frame], bool]] = {
            Kind.ANNOUNCE: self._begin,
            Kind.WITHDRAW: self._end,
            Kind.SUBSCRIBE: self._begin,
            Kind.UNSUBSCRIBE: self._end,
            Kind.REPORT: self._report,
        }

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, raw: bytes) -> bool:
        """Let a frame wait, or leave it out; return false if neither may be, and the link must be ended."""
        rule = self._rules.get(raw[4])
        if rule is None:
            self._append(Entry(raw))
            return True
        return rule(parse(raw[4], raw[6] << 8 | raw[7], raw))

    def take(self) -> bytes:
        """Return the frame that goes out next; there must be one."""
        number, entry = self._entries.popitem(last=False)
        self._forget(number, entry)
        if self._droppable and self._droppable[0] == number:
            self._droppable.popleft()
        return entry.raw

    def drop_oldest(self) -> bool:
        """Leave out the oldest that may be dropped; return whether there was one."""
        if not self._droppable:
            return False
        about = self._remove(self._droppable.popleft()).about
        assert about is not None
        self._skip(about)
        return True

    # Instances and subscriptions

    def _begin(self, frame: Frame) -> bool:
        """An ANNOUNCE or SUBSCRIBE takes the place of the one before it."""
        kind, thing, _, raw = frame
        key = (kind, thing)
        if key in self._last:
            self._replace(key, raw)
        else:
            self._append(Entry(raw, key))
        return True

    def _end(self, frame: Frame) -> bool:
        """Of what came and went nothing is told, unless reports of it wait that could not be understood then.

        If the far end knew of it before, that it went must be told; whether it did is not known here.
        """
        kind, thing, _, raw = frame
        begun = self._last.pop((_BEGINNINGS[kind], thing), None)
        if begun is not None and (kind == Kind.UNSUBSCRIBE or not self._reports.get(thing)):
            self._remove(begun)
            begun = None
        if begun is not None or (kind, thing) not in self._last:
            self._append(Entry(raw, (kind, thing)))
        return True

    # Reports

    def _report(self, frame: Frame) -> bool:
        _, thing, (name, subject, to, _, kept), raw = frame
        about = About(thing, name, subject, to)
        if to is not None and subject == WHOLE:
            self._follow(about, None, raw)
        elif name == BUILT_IN and not kept:
            self._append(Entry(raw, None, about))
        elif kept and to is not None and (about, True) in self._last:
            self._replace((about, True), raw)
        elif kept:
            self._follow(about, True, raw)
        else:
            return self._passing(about, raw)
        return True

    def _passing(self, about: About, raw: bytes) -> bool:
        """A report that nobody keeps: what becomes of it is as they wish who subscribed."""
        overflow = self._wishes.of(about).overflow
        if overflow == "latest":
            self._follow(about, False, raw)
            return True
        if overflow == "drop-oldest":
            self._make_room()
            self._append(Entry(raw, None, about))
            self._droppable.append(self._count)
            return True
        if not self._is_full():
            self._append(Entry(raw, None, about))
            return True
        if overflow == "drop-newest":
            self._skip(about)
            return True
        return False

    # In here

    def _follow(self, about: About, sort: object, raw: bytes) -> None:
        """Let a report wait as the last of its sort; the one before it is left out."""
        key = (about, sort)
        before = self._last.get(key)
        if before is not None:
            self._remove(before)
            if sort is not None:
                self._skip(about)
        self._append(Entry(raw, key, about))

    def _append(self, entry: Entry) -> None:
        self._count += 1
        self._entries[self._count] = entry
        self.size += entry.size
        if entry.key is not None:
            self._last[entry.key] = self._count
        if entry.about is not None:
            self._reports[entry.about.thing] = self._reports.get(entry.about.thing, 0) + 1

    def _replace(self, key: Hashable, raw: bytes) -> None:
        number = self._last[key]
        before = self._entries[number]
        after = self._entries[number] = before._replace(raw=raw)
        self.size += after.size - before.size

    def _remove(self, number: int) -> Entry:
        entry = self._entries.pop(number)
        self._forget(number, entry)
        return entry

    def _forget(self, number: int, entry: Entry) -> None:
        self.size -= entry.size
        if entry.key is not None and self._last.get(entry.key) == number:
            del self._last[entry.key]
        if entry.about is not None:
            left = self._reports[entry.about.thing] - 1
            if left:
                self._reports[entry.about.thing] = left
            else:
                del self._reports[entry.about.thing]
