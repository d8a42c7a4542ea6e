"""A hearing: one wish for the reports of a service, in all the exchanges of a process."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from exchange import Exchange, Report, Subscription
from exchange.netsvc.binding import Binding

Heard = Callable[[Binding, Any, Report], None]
PublisherOf = Callable[[Exchange, Report], Binding | None]


class Hearing:
    """What one service of netsvc subscribed to, by name or by one instance.

    Args:
        target: A service name, or the id of one instance.
        told: Takes the binding of the publisher, the content and the report.
        publisher_of: Tells who published a report; ``None`` if it is heard elsewhere too.
        exchanges: Where it subscribes at once.

    Raises:
        ValueError: The target or the pattern cannot be one.
    """

    def __init__(
        self,
        target: str | bytes,
        pattern: str,
        told: Heard,
        publisher_of: PublisherOf,
        exchanges: Iterable[Exchange],
    ) -> None:
        self._target = target
        self._pattern = pattern
        self._told = told
        self._publisher_of = publisher_of
        self._subscriptions: list[Subscription] = []
        for exchange in exchanges:
            self.join(exchange)

    def join(self, exchange: Exchange) -> None:
        """Subscribe in one more exchange."""
        self._subscriptions.append(exchange.subscribe(self._target, self._pattern, partial(self._heard, exchange)))

    def cancel(self) -> None:
        """Hear no more."""
        for subscription in self._subscriptions:
            subscription.cancel()
        self._subscriptions.clear()

    def _heard(self, exchange: Exchange, content: Any, report: Report) -> None:
        publisher = self._publisher_of(exchange, report)
        if publisher is not None:
            self._told(publisher, content, report)
