"""The part of an exchange's public face that is about reports: to publish and to subscribe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from twisted.internet.defer import Deferred

from exchange.errors import LocalProtocolError
from exchange.net.links import Links
from exchange.services.offers import Offers
from exchange.services.publisher import Publisher
from exchange.services.publisher import Subscriber as SubscriberView
from exchange.services.retained import Retained
from exchange.services.service import Service
from exchange.services.subscriber import Subscriber
from exchange.services.subscription import Seen, Subscription
from exchange.services.watch import Changed


class Reporting:
    """Reports of services that were added, and subscriptions to those of any service."""

    _links: Links
    _offers: Offers
    _publisher: Publisher
    _subscriber: Subscriber

    def subscribe(
        self,
        service: str | bytes,
        pattern: str,
        seen: Seen,
        overflow: str = "drop-oldest",
        publishers: Changed | None = None,
        skipped: Callable[[int], Any] | None = None,
    ) -> Subscription:
        """Have ``seen`` called with the reports of a service, of all its instances, present and future.

        What a publisher keeps is shown first. Each subscription is told of each report
        once, and never of an older one after a newer of the same subject.

        Args:
            service: A service name, or the id of one instance.
            pattern: The subjects that are wanted: ``*`` is any run of characters, ``?`` any one.
            seen: Takes the content, or the content and a `Report`. It may return a Deferred
                or be a coroutine function; what it raises is logged.
            overflow: What to do without when we cannot keep up: ``"latest"``,
                ``"drop-oldest"``, ``"drop-newest"`` or ``"disconnect"``.
            skipped: Is told how many reports a link that could not keep up has left out; once it can
                again. Beside that, ``report.skipped`` tells of each how many are missing before it.
            publishers: Is told when a publisher comes or goes, first of those that are there; and,
                by a change of the kind ``"changed"``, when one is suspected, or is no more.

        Raises:
            ValueError: The service, the pattern or the overflow cannot be one, or a hub takes no
                more subscriptions of one process.
        """
        with _refusing():
            return self._subscriber.subscribe(service, pattern, seen, overflow, publishers, skipped)

    def publish(self, service: Service, subject: str, content: Any, lifetime: float) -> Deferred[None]:
        """Publish for a service that was added; see `Service.publish`."""
        try:  # in place of _refusing(), which takes a microsecond of the four of a report
            self._publisher.publish(self._offers.id_of(service), subject, content, lifetime)
        except LocalProtocolError as error:
            raise ValueError(error.text) from None
        return self._links.when_written()

    def send_report(self, service: Service, subscriber: SubscriberView, subject: str, content: Any) -> None:
        """Send a report to one subscriber; see `Service.send_report`."""
        with _refusing():
            self._publisher.send_report(self._offers.id_of(service), subscriber.subscription, subject, content)

    def subscribers(self, service: Service) -> list[SubscriberView]:
        """Return who subscribes to a service that was added."""
        return self._publisher.subscribers(self._offers.id_of(service))

    def retained(self, service: Service) -> Retained:
        """Return what is kept of the reports of a service that was added."""
        return self._publisher.retained(self._offers.id_of(service))


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what the wire does not allow into what a caller of ours expects."""
    try:
        yield
    except LocalProtocolError as error:
        raise ValueError(error.text) from None
