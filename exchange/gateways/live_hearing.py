"""A hearing: what one listener wants to hear of a service, and what was reported and not yet written to them.

It subscribes to each instance that the gateway shows, while it is shown. What a lost
instance has reported last is remembered, so that one that comes back is not heard
twice, and a gap is noticed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fnmatch import translate
from functools import partial
from typing import Any

from exchange import Exchange, PresenceChange, Report, Subscription
from exchange.gateways.live_backlog import Backlog
from exchange.gateways.live_text import BACK, GAP, GONE, Wording, told
from exchange.gateways.live_wish import Wish

MOST_LOST = 16
"""Lost instances of which a hearing remembers what it has heard, in case they come back."""

MOST_EARLY = 2**16
"""Bytes of reports that are kept of a lost instance that comes back, until it is known whether it is shown."""


class Hearing:
    """What one listener hears; it may outlive the connection for a while.

    Args:
        exchange: Makes the subscriptions.
        instances: The ids of those that are shown.
        came: Is called when there is something to write.

    Raises:
        ValueError: The hub takes no more subscriptions.

    Attributes:
        backlog: What is to be written.
    """

    def __init__(
        self,
        exchange: Exchange,
        wish: Wish,
        instances: Iterable[bytes],
        backlog: Backlog,
        wording: Wording,
        came: Callable[[], None],
    ) -> None:
        self.wish = wish
        self.backlog = backlog
        self._exchange = exchange
        self._wording = wording
        self._came = came
        self._shown = set(instances)
        self._subscriptions: dict[bytes, list[Subscription]] = {}
        self._early: dict[bytes, Backlog] = {}
        self._fits = [compiled(pattern) for pattern in wish.patterns[:-1]]
        try:
            for instance in self._shown:
                self._subscribe(instance)
        except ValueError:
            self.stop()
            raise

    def changed(self, change: PresenceChange, is_shown: bool) -> None:
        """An instance of the service came, went, or is shown or not shown any more."""
        instance = change.instance.id
        if is_shown and instance not in self._shown:
            if not self._shown:
                self._tell(BACK, service=self.wish.name)
            self._shown.add(instance)
            self._add_all(self._early.pop(instance, None))
            self._subscribe(instance)
        elif not is_shown:
            self._is_not_shown(instance, change.reason)

    def stop(self) -> None:
        """Want to hear no more."""
        for instance in list(self._subscriptions):
            self._unsubscribe(instance)

    def _is_not_shown(self, instance: bytes, reason: str) -> None:
        was_shown = instance in self._shown
        self._shown.discard(instance)
        if reason == "lost":
            self._forget_lost()
        else:
            self._unsubscribe(instance)
        if was_shown and not self._shown:
            self._tell(GONE, service=self.wish.name, reason=reason or "left")

    def _subscribe(self, instance: bytes) -> None:
        if instance in self._subscriptions:
            return  # it was lost, and came back
        made = self._subscriptions[instance] = list[Subscription]()
        for place, pattern in enumerate(self.wish.patterns):
            made.append(self._exchange.subscribe(instance, pattern, partial(self._heard, place)))

    def _unsubscribe(self, instance: bytes) -> None:
        self._early.pop(instance, None)
        for subscription in self._subscriptions.pop(instance, ()):
            subscription.cancel()

    def _forget_lost(self) -> None:
        lost = [instance for instance in self._subscriptions if instance not in self._shown]
        for instance in lost[:-MOST_LOST]:
            self._unsubscribe(instance)

    def _heard(self, place: int, content: Any, report: Report) -> None:
        """A report came by the pattern at ``place``; one that fits several is heard by the first."""
        if any(fits(report.subject) for fits in self._fits[:place]):
            return
        entries = [told(GAP, missed=report.skipped, subject=report.subject)] if report.skipped else []
        entries.append(self._wording.of(content, report, self.wish.is_whole))
        if report.instance in self._shown:
            self._add(*entries)
            return
        early = self._early.setdefault(report.instance, Backlog(MOST_EARLY))
        for entry in entries:  # it comes back, but who knows whether it is shown then
            early.add(entry)

    def _tell(self, name: str, **facts: Any) -> None:
        self._add(told(name, **facts))

    def _add_all(self, early: Backlog | None) -> None:
        if early is not None:
            missed, entries = early.take(MOST_EARLY)
            self._add(*([told(GAP, missed=missed)] if missed else []), *(entry for _, entry in entries))

    def _add(self, *entries: str) -> None:
        for entry in entries:
            self.backlog.add(entry)
        self._came()


def compiled(pattern: str) -> Callable[[str], object]:
    """Return what tells whether a subject fits a pattern; it never takes long, whatever the pattern is."""
    return re.compile(translate(pattern.replace("[", "[[]"))).match
