"""What a simulated exchange publishes and hears: the real publisher, and real subscriptions with a judge behind each.

The judge is told of every report that a subscription hands over, and says so when one
comes twice, or an older after a newer of the same subject.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from exchange.routing.notices import is_notice
from exchange.routing.patterns import matches
from exchange.routing.switch import Switch
from exchange.services.publisher import Publisher
from exchange.services.report import WHOLE, Report, count_of, posting_of
from exchange.services.service import Service
from exchange.services.subscription import OVERFLOWS, Subscription
from exchange.wire.frames import Frame, encode
from exchange.wire.identities import Id, Identity, number_of
from exchange.wire.layouts import Kind
from exchange.wire.values import decode_value
from tests.simulation.ledger import Broken

Held = dict[tuple[bytes, str], tuple[int, int]]
"""Of each instance and subject, the last number that was heard and its content."""


class Press:
    """The reports of the services of one exchange."""

    def __init__(self, switch: Switch, send: Callable[[Frame], None], clock: Callable[[], float]) -> None:
        self._switch = switch
        self._count = 0
        self.publisher = Publisher(send, self._is_known, clock, clock)

    def add(self, thing: bytes, name: str) -> None:
        """Publish for an instance."""
        service = Service()
        service.name = name
        self.publisher.add(thing, service)

    def publish(self, thing: bytes, subject: str, lifetime: float) -> None:
        """Publish something that nobody published before."""
        self._count += 1
        self.publisher.publish(thing, subject, self._count, lifetime)

    def kept(self, thing: bytes, pattern: str) -> dict[str, int]:
        """Return the content of what is kept on subjects that fit; what is newer is higher."""
        retained = self.publisher.retained(thing)
        return {subject: decode_value(posting.content, 0) for subject, posting in retained.matching(pattern)}

    def _is_known(self, thing: bytes, identity: Identity) -> bool:
        way = self._switch.registry.way(self._switch.local, thing)
        own = self._switch.role.identity
        return way is not None and (identity == own or self._switch.role.tells(way.about.audience))


class Readers:
    """The subscriptions of one exchange.

    Attributes:
        faults: What the judge found; what a callback raises would only be logged.
        held: What each has heard last.
        whole: Which instances have shown each all that they keep.
        skipped: How many reports were left out for all of them, as links told.
    """

    def __init__(self, send: Callable[[Frame], None]) -> None:
        self._send = send
        self.faults: list[str] = []
        self.subscriptions: dict[bytes, Subscription] = {}
        self.held: dict[bytes, Held] = {}
        self.whole: dict[bytes, set[bytes]] = {}
        self.skipped = 0

    def subscribe(self, thing: Id, service: str | bytes, pattern: str) -> None:
        """Begin to read."""
        seen = partial(self._judge, thing)
        self.held[thing], self.whole[thing] = {}, set()
        self.subscriptions[thing] = Subscription(thing, service, pattern, seen, self._end)
        self._send(encode(Kind.SUBSCRIBE, thing, (service, pattern, OVERFLOWS[number_of(thing) % len(OVERFLOWS)], 0)))

    def report(self, frame: Frame) -> None:
        """Hand a report to those whom it fits."""
        _, thing, (name, subject, to, retained, _), _ = frame
        if is_notice(name, subject):
            self.skipped += count_of(frame)
            return
        content, number, posted, remaining = posting_of(frame)
        if subject == WHOLE:
            self.whole.get(to, set()).add(thing)
            return
        report = Report(subject, Id(thing), number, posted, retained, 0, name, remaining)
        for subscription in list(self.subscriptions.values()):
            fits = subscription.service in (name, thing) and matches(subscription.pattern, subject)
            if to == subscription.id or (to is None and fits):
                subscription.deliver(content, report)
        if self.faults:
            raise Broken(self.faults[0])

    def _judge(self, thing: Id, content: Any, report: Report) -> None:
        held = self.held[thing]
        last, _ = held.get((report.instance, report.subject), (0, 0))
        if report.number <= last:
            self.faults.append(f"report {report.number} came after report {last} of the same subject")
        if last and report.skipped != report.number - last - 1:
            self.faults.append(f"from report {last} to {report.number}, {report.skipped} were told as skipped")
        held[report.instance, report.subject] = (report.number, content)

    def _end(self, subscription: Subscription) -> None:
        del self.subscriptions[subscription.id], self.held[subscription.id], self.whole[subscription.id]
        self._send(encode(Kind.UNSUBSCRIBE, subscription.id))
