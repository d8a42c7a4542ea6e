"""Notices: what a service is told of reports, of those who subscribe to it, and of those whom it subscribed to."""

from __future__ import annotations

from typing import Any

from exchange import Report as Told
from exchange.netsvc.binding import Binding

SUBSCRIPTION_REQUESTED = 0
SUBSCRIPTION_WITHDRAWN = 1


class Report:
    """A report, while the callback runs that is told of it."""

    def __init__(self, publisher: Binding, content: Any, report: Told, pattern: str) -> None:
        self._publisher = publisher
        self._content = content
        self._report = report
        self._pattern = pattern

    def publisher(self) -> Binding:
        """Return who published it."""
        return self._publisher

    def subjectName(self) -> str:
        """Return what it is about."""
        return self._report.subject

    def subjectPattern(self) -> str:
        """Return the pattern of the subscription by which it came."""
        return self._pattern

    def content(self) -> Any:
        """Return what it says."""
        return self._content

    def isCached(self) -> bool:
        """Tell whether it was kept for those who come late, rather than heard as it was published."""
        return self._report.retained

    def postingTime(self) -> float:
        """Return when it was published, in seconds since 1970 by its publisher's clock."""
        return self._report.posted

    def missedReports(self) -> int:
        """Return how many on this subject were missed since the one before."""
        return self._report.skipped


class Subscriber:
    """Who made a subscription, as far as its publisher may know: the process, and a name for `sendReport`.

    Two are equal if they are the same subscription.
    """

    def __init__(self, known: Any) -> None:
        self.known = known

    def serviceAddress(self) -> str:
        """Return the id of the subscription as text; it is not the address of a service."""
        return str(self.known.subscription.hex())

    def processIdentity(self) -> str:
        """Return the identity of the exchange in which it was made, as text."""
        return str(self.known.identity.hex())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Subscriber) and other.known.subscription == self.known.subscription

    def __hash__(self) -> int:
        return hash(self.known.subscription)


class Subscription:
    """Somebody subscribed to a service, or subscribes no more."""

    def __init__(self, publisher: Binding, subscriber: Subscriber, status: int) -> None:
        self._publisher = publisher
        self._subscriber = subscriber
        self._status = status

    def publisher(self) -> Binding:
        """Return the service that is subscribed to."""
        return self._publisher

    def subscriber(self) -> Subscriber:
        """Return who subscribed; `Service.sendReport` takes it."""
        return self._subscriber

    def subject(self) -> str:
        """Return the pattern."""
        return str(self._subscriber.known.pattern)

    def status(self) -> int:
        """Return ``SUBSCRIPTION_REQUESTED`` or ``SUBSCRIPTION_WITHDRAWN``."""
        return self._status


class PublisherNotification:
    """A service that one subscribed to came or went."""

    def __init__(self, publisher: Binding, subscriber: Binding, status: int) -> None:
        self._publisher = publisher
        self._subscriber = subscriber
        self._status = status

    def publisher(self) -> Binding:
        """Return the service that came or went."""
        return self._publisher

    def subscriber(self) -> Binding:
        """Return the service that subscribed."""
        return self._subscriber

    def status(self) -> int:
        """Return ``SERVICE_AVAILABLE`` or ``SERVICE_WITHDRAWN``."""
        return self._status
