"""The subscriptions of one service of netsvc: to what, and which callback is told of which report."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from exchange import Report as Heard
from exchange.netsvc.arity import Callback
from exchange.netsvc.binding import Binding
from exchange.netsvc.hearing import Hearing
from exchange.netsvc.jobs import PRIORITY_JOB
from exchange.netsvc.notices import Report
from exchange.netsvc.process import Process
from exchange.netsvc.sightings import Sighted
from exchange.netsvc.subjects import fits

Target = str | Binding
Key = str | bytes
"""The name of a service, or the id of one instance."""


class Tell(NamedTuple):
    """Who in the service is told.

    Attributes:
        report: Takes a callback, or ``None`` if nobody registered one, and the report.
        publisher: Takes a publisher that came or went, and which of both.
        decoded: Returns the content of a report as the service wants it.
    """

    report: Callable[[Callback | None, Report], None]
    publisher: Callable[[Binding, int], None]
    decoded: Callable[[Any], Any]


class Wish:
    """One subscription; without a callback until one is registered."""

    def __init__(self, hearing: Hearing) -> None:
        self.hearing = hearing
        self.callback: Callback | None = None


class Subscriptions:
    """What one service subscribed to, and what it accepts unasked."""

    def __init__(self, process: Process, tell: Tell) -> None:
        self._process = process
        self._tell = tell
        self._wishes: dict[Key, dict[str, Wish]] = {}
        self._accepted: dict[Key, dict[str, Callback]] = {}
        self._watches: dict[Key, Sighted] = {}

    def subscribe(self, target: Target, pattern: str) -> Wish:
        """Subscribe; to do so twice is one subscription.

        Raises:
            ValueError: The name or the pattern cannot be one.
        """
        key = _key_of(target)
        wishes = self._wishes.setdefault(key, {})
        if pattern not in wishes:
            self._watch(key)
            try:
                wishes[pattern] = Wish(self._process.hear(target, pattern, partial(self._heard, key, pattern)))
            finally:
                self._forget_unwanted(key)
        return wishes[pattern]

    def unsubscribe(self, target: Target, pattern: str) -> None:
        """Subscribe no more; what is not subscribed to is ignored."""
        key = _key_of(target)
        wish = self._wishes.get(key, {}).pop(pattern, None)
        if wish is not None:
            self._process.forget(wish.hearing)
            self._forget_unwanted(key)

    def accept(self, callback: Callback, target: Target, subject: str) -> None:
        """Have a callback told of reports that are sent to us on a subject unasked."""
        self._accepted.setdefault(_key_of(target), {})[subject] = callback

    def ignore(self, target: Target, pattern: str | None = None) -> None:
        """Forget the callbacks for a pattern, or all of a target, and the subscriptions."""
        key = _key_of(target)
        for each in list(self._wishes.get(key, ())) if pattern is None else [pattern]:
            self.unsubscribe(target, each)
        if pattern is None:
            self._accepted.pop(key, None)
        else:
            self._accepted.get(key, {}).pop(pattern, None)

    def end(self) -> None:
        """Subscribe to nothing any more."""
        for wishes in self._wishes.values():
            for wish in wishes.values():
                self._process.forget(wish.hearing)
        for watch in self._watches.values():
            self._process.sightings.ignore(watch)
        for each in (self._wishes, self._watches, self._accepted):
            each.clear()

    def _heard(self, key: Key, pattern: str, publisher: Binding, content: Any, report: Heard) -> None:
        record = Report(publisher, self._tell.decoded(content), report, pattern)
        self._process.loop.jobs.schedule(partial(self._deliver, key, pattern, record), PRIORITY_JOB)

    def _deliver(self, key: Key, pattern: str, report: Report) -> None:
        """Tell of a report, unless the subscription ended in this turn."""
        wish = self._wishes.get(key, {}).get(pattern)
        if wish is not None:
            asked_for = wish.callback if fits(pattern, report.subjectName()) else None
            self._tell.report(asked_for or self._unasked(report), report)

    def _unasked(self, report: Report) -> Callback | None:
        publisher, subject = report.publisher(), report.subjectName()
        by_instance = self._accepted.get(publisher.instance.id, {})
        return by_instance.get(subject) or self._accepted.get(publisher.serviceName(), {}).get(subject)

    def _forget_unwanted(self, key: Key) -> None:
        if not self._wishes[key]:
            del self._wishes[key]
            self._process.sightings.ignore(self._watches.pop(key))

    def _watch(self, key: Key) -> None:
        """Be told when those come and go whose reports are wanted."""
        if key in self._watches:
            return

        def sighted(binding: Binding, group: str | None, status: int) -> None:
            if group is None and key in (binding.serviceName(), binding.instance.id):
                self._process.loop.jobs.schedule(partial(self._tell.publisher, binding, status), PRIORITY_JOB)

        self._watches[key] = sighted
        self._process.sightings.watch(sighted)


def _key_of(target: Target) -> Key:
    return target.instance.id if isinstance(target, Binding) else target
