"""Processes that are joined by one that listens, and a publisher in one of them."""

from __future__ import annotations

from typing import Any

from exchange import netsvc
from exchange.netsvc.process import Process, standing_in
from tests.netsvc.site import Site


def central(site: Site, port: int = 11111, group: str = "") -> Process:
    """Return a process with an exchange that listens."""
    with standing_in(site.process()) as process:
        netsvc.Exchange(netsvc.EXCHANGE_SERVER, group).listen(port, "127.0.0.1")
    return process


def joined(site: Site, port: int = 11111, group: str = "") -> Process:
    """Return a process with an exchange that is linked to one that listens."""
    with standing_in(site.process()) as process:
        netsvc.Exchange(netsvc.EXCHANGE_CLIENT, group).connect("localhost", port)
    site.settle()
    return process


class Seed(netsvc.Service):
    """A publisher that writes down who subscribes to it."""

    def __init__(self, name: str = "SEED") -> None:
        netsvc.Service.__init__(self, name)
        self.noted: list[Any] = []

    def handleSubscription(self, subscription: Any) -> None:
        self.noted.append(subscription)

    def statuses(self) -> list[tuple[str, int]]:
        """Return what was noted: patterns, and whether they began or ended."""
        return [(each.subject(), each.status()) for each in self.noted]


class Listener(netsvc.Service):
    """A subscriber that writes down what it is told."""

    def __init__(self, name: str = "") -> None:
        netsvc.Service.__init__(self, name)
        self.heard: list[Any] = []
        self.publishers: list[Any] = []
        self.unexpected: list[Any] = []

    def hear(self, subjectName: str, content: Any) -> None:
        """A callback."""
        self.heard.append((subjectName, content))

    def unexpectedReport(self, serviceName: str, subjectName: str, content: Any) -> None:
        self.unexpected.append((serviceName, subjectName, content))

    def handlePublisherNotification(self, notification: Any) -> None:
        self.publishers.append((notification.publisher().serviceName(), notification.status()))
