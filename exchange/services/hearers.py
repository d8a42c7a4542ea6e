"""Hearers: to which subscriptions of this process a live report goes.

Which they are is remembered for each instance and subject. Most of the time all of
them have heard the report before, so that one look at the number is enough for all;
else each looks at its own. Many subscriptions are then little more than the calls of
their callbacks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exchange.services.report import Report
from exchange.services.subscription import Subscription

MOST_REMEMBERED = 65_536
"""Pairs of instance and subject."""


class Hearers:
    """The subscriptions that hear one subject of one instance; they must not change."""

    __slots__ = ("_instance", "_last", "_subject", "_subscriptions")

    def __init__(self, instance: bytes, subject: str, subscriptions: Sequence[Subscription]) -> None:
        self._instance = instance
        self._subject = subject
        self._subscriptions = subscriptions
        self._last = 0

    def deliver(self, content: Any, report: Report) -> None:
        """Hand a live report to each, unless it has heard it or a newer one."""
        number = report.number
        if 0 < self._last == number - 1:
            self._last = number
            for each in self._subscriptions:
                each.hand_over(content, report)
            return
        self.settle()
        for each in self._subscriptions:
            each.deliver(content, report)
        if all(each.last(self._instance, self._subject) == number for each in self._subscriptions):
            self._last = number

    def settle(self) -> None:
        """Leave to each subscription what it has heard; from now on each looks for itself."""
        if self._last:
            for each in self._subscriptions:
                each.note(self._instance, self._subject, self._last)
            self._last = 0


class HearersKnown:
    """The hearers of every instance and subject that was heard of lately."""

    def __init__(self) -> None:
        self._known: dict[bytes, dict[str, Hearers]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def get(self, instance: bytes, subject: str) -> Hearers | None:
        """Return the hearers of a subject, if they are known."""
        subjects = self._known.get(instance)
        return subjects.get(subject) if subjects else None

    def add(self, instance: bytes, subject: str, subscriptions: Sequence[Subscription]) -> Hearers:
        """Know the hearers of a subject; there are none yet."""
        if self._count >= MOST_REMEMBERED:
            self.forget_all()
        self._count += 1
        hearers = self._known.setdefault(instance, {})[subject] = Hearers(instance, subject, subscriptions)
        return hearers

    def settle(self, instance: bytes, subject: str) -> None:
        """One of the hearers of a subject is about to hear what the others do not."""
        hearers = self.get(instance, subject)
        if hearers:
            hearers.settle()

    def forget(self, instance: bytes) -> None:
        """An instance went: each of its hearers knows by itself what it has heard."""
        subjects = self._known.pop(instance, {})
        self._count -= len(subjects)
        for hearers in subjects.values():
            hearers.settle()

    def forget_all(self) -> None:
        """A subscription came or went, and hearers are no longer who they were."""
        for instance in list(self._known):
            self.forget(instance)
