"""The directory is `$exchange`, the service that every hub has: it reports who is there (R11).

A report on the subject ``instance.`` and the id, in hexadecimal, says what is
announced of an instance, or why it went. A new subscriber gets the present ones,
marked as retained, and then an empty subject: the first picture is whole. It is shown
in portions, one for each turn of the reactor, so that nobody else waits for it; what
comes or changes meanwhile is told at once, and marked as retained too. The reports of a
directory are numbered, and the last of a picture has the number of its first for a content,
so that a subscriber with two links to its hub can tell what is old (see `exchange.services.view`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any

from exchange.routing.interest import BUILT_IN
from exchange.routing.patterns import compiled
from exchange.routing.registry import Change, Happening, Instance, Registry
from exchange.services.presence import SUBJECT_PREFIX, content_of, presence_of, subject_of
from exchange.wire.frames import Frame, encode
from exchange.wire.identities import ID_SIZE, Identity, make_id
from exchange.wire.layouts import Kind
from exchange.wire.values import encode_value

WHOLE = ""
"""The subject that ends the first picture."""

PORTION = 256
"""Instances that are looked at in one turn, for the first picture of one subscriber."""

FEW = 32
"""Instances that the picture of one subscriber holds, however long that one takes for it."""

LONGEST_SUBJECT = len(SUBJECT_PREFIX) + 2 * ID_SIZE


class Directory:
    """Reports the registry of one hub to those who subscribed.

    Args:
        send: Takes the REPORT frames.
        clock: Gives the time, in seconds since 1970.
        later: Calls what it is given in the next turn of the reactor.
        shows: Whether an instance is for others than this process; one that is not, is not there.
        may_watch: Whether those who subscribed may see an instance; for others it is not there.
        hold: Whether the link to a subscriber has enough for now; then it calls what it is given when it wants more.
    """

    def __init__(
        self,
        identity: Identity,
        registry: Registry,
        send: Callable[[Frame], None],
        clock: Callable[[], float],
        later: Callable[[Callable[[], None]], Any],
        shows: Callable[[Instance], bool] = lambda instance: True,
        may_watch: Callable[[bytes, Instance], bool] = lambda subscription, instance: True,
        hold: Callable[[bytes, Callable[[], None]], bool] = lambda subscription, go_on: False,
    ) -> None:
        self._id = make_id(identity, 0)
        self._registry = registry
        self._send = send
        self._clock = clock
        self._later = later
        self._shows = shows
        self._may_watch = may_watch
        self._hold = hold
        self._number = 0
        self._wanted: dict[bytes, Callable[[str], bool]] = {}
        self._pictures: dict[bytes, Iterator[None]] = {}
        self._ready: dict[bytes, None] = {}
        self._goes_on = False

    def subscribe(self, frame: Frame) -> None:
        """Take a subscriber in, and show it what is there, beginning with the next turn."""
        self._pictures[frame[1]] = self._picture(frame[1], frame[2][1])
        self._go_on_with(frame[1])

    def unsubscribe(self, frame: Frame) -> None:
        """Report no more to a subscriber."""
        self._pictures.pop(frame[1], None)
        self._ready.pop(frame[1], None)
        self._wanted.pop(frame[1], None)

    def changed(self, change: Change) -> None:
        """Report what became of an instance to all who subscribed."""
        if not self._wanted:
            return
        instance = change.instance
        subject = subject_of(instance.id)
        is_there = change.happening is not Happening.WENT and self._shows(instance)
        if is_there:
            body = self._body(content_of(presence_of(instance)), None)
        else:
            body = self._body({"reason": change.reason or "withdrawn"}, 0)
        for subscription, fits in list(self._wanted.items()):
            if fits(subject) and self._may_watch(subscription, instance):
                self._report(subscription, subject, body, is_there and subscription in self._pictures)

    def _picture(self, subscription: bytes, pattern: str) -> Iterator[None]:
        """Show a subscriber what is there, one step for each instance; it hears of changes from the first step on."""
        fits = self._wanted[subscription] = _filter_of(pattern)
        first = self._number + 1
        for instance in self._present():
            subject = subject_of(instance.id)
            is_there = self._registry.get(instance.id) is instance and self._shows(instance)
            if is_there and fits(subject) and self._may_watch(subscription, instance):
                content = content_of(presence_of(instance))
                self._report(subscription, subject, self._body(content, None), retained=True)
            yield
        del self._pictures[subscription]
        self._report(subscription, WHOLE, self._body(first, 0), retained=False)

    def _present(self) -> Iterator[Instance]:
        """Make the instances that there are now; who is slow to look at them keeps only a few of them."""
        reached, last = 0, self._registry.newest
        while some := self._registry.after(reached, last, FEW):
            reached = some[-1].number
            yield from some

    def _go_on_with(self, subscription: bytes) -> None:
        if subscription in self._pictures:
            self._ready[subscription] = None
            self._go_on_later()

    def _go_on_later(self) -> None:
        if self._ready and not self._goes_on:
            self._goes_on = True
            self._later(self._go_on)

    def _go_on(self) -> None:
        """Show one subscriber a portion, unless its link has enough; the next turn is another's."""
        self._goes_on = False
        subscription = next(iter(self._ready), None)
        if subscription is None:
            return
        del self._ready[subscription]
        if not self._hold(subscription, partial(self._go_on_with, subscription)):
            picture = self._pictures[subscription]
            for _ in islice(picture, PORTION):
                if self._pictures.get(subscription) is not picture:
                    break
            self._go_on_with(subscription)
        self._go_on_later()

    def _body(self, content: Any, remaining: float | None) -> bytes:
        self._number += 1
        return encode_value([content, self._number, self._clock(), remaining], 0, "content")

    def _report(self, subscription: bytes, subject: str, body: bytes, retained: bool) -> None:
        self._send(encode(Kind.REPORT, self._id, (BUILT_IN, subject, subscription, retained, subject != WHOLE), body))


def _filter_of(pattern: str) -> Callable[[str], bool]:
    """Return whether subjects fit; none fits what is longer than all of them."""
    if len(pattern) - pattern.count("*") > LONGEST_SUBJECT:
        return lambda subject: False
    return compiled(pattern)
