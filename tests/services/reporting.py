"""What the stories of reports share: a service that publishes, and somebody who listens."""

from __future__ import annotations

from typing import Any

from exchange import Exchange, PresenceChange, Report, Service, Subscription
from exchange.services.publisher import Subscriber


class Feed(Service):
    """Publishes what a story tells it to, and notes who subscribes."""

    name = "feed"

    def __init__(self, name: str = "feed") -> None:
        self.name = name
        self.comings: list[str] = []

    def subscribed(self, subscriber: Subscriber) -> None:
        self.comings.append(f"+{subscriber.pattern}")

    def unsubscribed(self, subscriber: Subscriber) -> None:
        self.comings.append(f"-{subscriber.pattern}")


class Ear:
    """Hears the reports of one subscription.

    Attributes:
        heard: The contents, in the order in which they came.
        reports: What is told of each.
        publishers: What was told of publishers.
    """

    def __init__(self, exchange: Exchange, service: str | bytes = "feed", pattern: str = "*", **more: Any) -> None:
        self.heard: list[Any] = []
        self.reports: list[Report] = []
        self.publishers: list[str] = []
        self.subscription: Subscription = exchange.subscribe(
            service, pattern, self._hear, publishers=self._note, **more
        )

    def is_ready(self) -> bool:
        """Whether the subscription stands."""
        return bool(self.subscription.ready.called)

    def taken(self) -> list[Any]:
        """Return what was heard since the last time."""
        heard, self.heard = self.heard, []
        return heard

    def _hear(self, content: Any, report: Report) -> None:
        self.heard.append(content)
        self.reports.append(report)

    def _note(self, change: PresenceChange) -> None:
        suspected = "suspected" if change.instance.suspected else ""
        self.publishers.append(" ".join(filter(None, [change.kind, change.reason, suspected])))
