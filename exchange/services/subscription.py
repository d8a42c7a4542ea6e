"""A subscription made here: what one callback has been told so far, and whether it stands."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred

from exchange.services.callbacks import PLAIN, Callbacks, check_callable
from exchange.services.numbers import Numbers, skipped_between
from exchange.services.presence import PresenceChange
from exchange.services.report import ADDRESSED, Report
from exchange.services.watch import Changed
from exchange.wire.identities import Id, readable

Seen = Callable[..., Any]
"""Takes the content of a report, or the content and the `Report`."""

MOST_GONE = 1_024
"""Instances that are gone and whose numbers a subscription still knows, in case they come back."""

OVERFLOWS = ("drop-oldest", "drop-newest", "latest", "disconnect")


class Subscription:
    """The wish for the reports of a service on those subjects that fit a pattern.

    Attributes:
        id: What it is.
        service: The name, or the id of one instance.
        pattern: The glob that subjects must fit.
        skipped: How many reports were left out in all, as far as that was told, because a link could not keep up.
        ready: Fires when every publisher that is there has taken the subscription, and shown
            what it keeps; or when it is cancelled.
    """

    def __init__(
        self,
        thing: Id,
        service: str | bytes,
        pattern: str,
        seen: Seen,
        cancel: Callable[[Subscription], None],
        publishers: Changed | None = None,
        callbacks: Callbacks = PLAIN,
        skipped: Callable[[int], Any] | None = None,
    ) -> None:
        check_callable(seen, "seen", "the content of a report, or the content and the report")
        if publishers is not None:
            check_callable(publishers, "publishers", "a change")
        if skipped is not None:
            check_callable(skipped, "skipped", "how many reports were left out")
        self.id = thing
        self.service = service
        self.pattern = pattern
        self.ready: Deferred[None] = Deferred()
        self.answered: set[bytes] = set()
        self._seen = seen
        self._takes_report = takes_two(seen)
        self._cancel = cancel
        self._publishers = publishers
        self._callbacks = callbacks
        self._tell_skipped = skipped
        self.skipped = 0
        self._numbers = Numbers()
        self._gone: dict[bytes, None] = {}
        self._is_over = False

    def cancel(self) -> None:
        """Want no more reports; to cancel twice does nothing."""
        if not self._is_over:
            self._is_over = True
            self._numbers.clear()
            self._cancel(self)
            if not self.ready.called:
                self.ready.callback(None)

    def deliver(self, content: Any, report: Report) -> None:
        """Hand over a report, unless it or a newer one of its subject was handed over already."""
        if self._is_over:
            return
        if report.number != ADDRESSED:
            last = self.last(report.instance, report.subject)
            if last is not None:
                if report.number <= last:
                    return
                if report.number > last + 1:
                    report = report._replace(skipped=skipped_between(last, report.number))
            self.note(report.instance, report.subject, report.number)
        self.hand_over(content, report)

    def hand_over(self, content: Any, report: Report) -> None:
        """Hand over a report, whatever its number, unless this is over."""
        if self._is_over:
            return
        try:
            result = self._seen(content, report) if self._takes_report else self._seen(content)
            if result is not None:
                self._callbacks.wait(self._title, result)
        except BaseException:
            self._callbacks.raised(self._title)

    def last(self, instance: bytes, subject: str) -> int | None:
        """Return the number of the last report that was noted of a subject of an instance."""
        return self._numbers.last(instance, subject)

    def note(self, instance: bytes, subject: str, number: int) -> None:
        """Note the number of the last report that was handed over."""
        if not self._is_over:
            self._numbers.note(instance, subject, number)

    def tell_publishers(self, change: PresenceChange) -> None:
        """Tell whoever wants to know that a publisher came, went, or is suspected or no more."""
        if self._publishers is not None and not self._is_over:
            self._callbacks.tell(self._title, self._publishers, change)

    def note_skipped(self, count: int) -> None:
        """A link could not keep up, and left out so many reports."""
        if not self._is_over:
            self.skipped += count
            if self._tell_skipped is not None:
                self._callbacks.tell(self._title, self._tell_skipped, count)

    def publisher_came(self, instance: bytes) -> None:
        """An instance is there, perhaps again: its numbers go on."""
        self._gone.pop(instance, None)

    def publisher_went(self, instance: bytes, for_good: bool) -> None:
        """An instance is gone; unless that is for good, its numbers are kept a while, lest it reports twice."""
        self.answered.discard(instance)
        if for_good:
            self._numbers.forget(instance)
        elif instance in self._numbers:
            self._gone[instance] = None
        while len(self._gone) > MOST_GONE:
            oldest = next(iter(self._gone))
            del self._gone[oldest]
            self._numbers.forget(oldest)

    @property
    def _title(self) -> str:
        service = repr(self.service) if isinstance(self.service, str) else readable(self.service)
        return f"a callback of the subscription to {service} on {self.pattern!r}"


def takes_two(seen: Seen) -> bool:
    """Whether a callback takes content and report, rather than the content alone.

    Raises:
        TypeError: It takes neither one nor two arguments.
    """
    try:
        signature = inspect.signature(seen)
    except (TypeError, ValueError):
        return False
    for takes, args in ((True, (None, None)), (False, (None,))):
        try:
            signature.bind(*args)
        except TypeError:
            continue
        return takes
    raise TypeError(f"{seen!r} must take the content of a report, or the content and the report")
