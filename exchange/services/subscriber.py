"""The subscriber keeps the subscriptions made here, and hands reports to their callbacks.

A live report comes once for the whole process, and goes to every subscription that
it fits; which those are is remembered for each instance and subject.
"""

from __future__ import annotations

from collections.abc import Callable

from twisted.logger import Logger

from exchange.errors import UnsuitableValue
from exchange.routing.patterns import matches
from exchange.services.picture import Picture
from exchange.services.presence import Presence, PresenceChange
from exchange.services.report import WHOLE, Report, posting_of
from exchange.services.subscription import OVERFLOWS, Seen, Subscription
from exchange.services.watch import Changed
from exchange.wire.frames import Frame, encode
from exchange.wire.identities import Id
from exchange.wire.layouts import Kind

MOST_REMEMBERED = 65_536
"""Pairs of instance and subject."""


class Subscriber:
    """The subscriptions of one exchange.

    Args:
        send: Takes the SUBSCRIBE and UNSUBSCRIBE frames.
        new_id: Returns the id of a new subscription.
    """

    log = Logger()

    def __init__(self, send: Callable[[Frame], None], new_id: Callable[[], Id], picture: Picture) -> None:
        self._send = send
        self._new_id = new_id
        self._picture = picture
        self._subscriptions: dict[bytes, Subscription] = {}
        self._unready: set[Subscription] = set()
        self._fitting: dict[tuple[bytes, str], list[Subscription]] = {}

    def __len__(self) -> int:
        return len(self._subscriptions)

    def subscribe(
        self, service: str | bytes, pattern: str, seen: Seen, overflow: str, publishers: Changed | None
    ) -> Subscription:
        """Want the reports of a service; see `Exchange.subscribe`."""
        if overflow not in OVERFLOWS:
            raise ValueError(f"overflow {overflow!r} must be one of {', '.join(OVERFLOWS)}")
        subscription = Subscription(self._new_id(), service, pattern, seen, self._cancel, publishers)
        frame = encode(Kind.SUBSCRIBE, subscription.id, (service, pattern, overflow, 0))
        if not self._subscriptions:
            self._picture.observe(self._observe)
        self._subscriptions[subscription.id] = subscription
        self._unready.add(subscription)
        self._fitting.clear()
        self._send(frame)
        for presence in self._picture.instances():
            if _publishes(presence, subscription):
                subscription.tell_publishers(PresenceChange("came", presence))
        self._check_ready()
        return subscription

    def report(self, frame: Frame) -> None:
        """A REPORT came: hand it to those whom it fits, or to the one that it is for."""
        try:
            content, number, posted, remaining = posting_of(frame)
        except UnsuitableValue as error:
            self.log.warn("a report cannot be understood: {error}", error=error)
            return
        _, thing, (name, subject, to, retained), _ = frame
        report = Report(subject, Id(thing), number, posted, retained, 0, name, remaining)
        if to is None:
            for subscription in self._fitting_of(thing, name, subject):
                subscription.deliver(content, report)
            return
        addressee = self._subscriptions.get(to)
        if addressee is None:
            return
        if subject == WHOLE and number == 0:
            addressee.answered.add(thing)
            self._check_ready()
        else:
            addressee.deliver(content, report)

    def _cancel(self, subscription: Subscription) -> None:
        del self._subscriptions[subscription.id]
        self._unready.discard(subscription)
        self._fitting.clear()
        if not self._subscriptions:
            self._picture.ignore(self._observe)
        self._send(encode(Kind.UNSUBSCRIBE, subscription.id))

    def _fitting_of(self, thing: bytes, name: str, subject: str) -> list[Subscription]:
        fitting = self._fitting.get((thing, subject))
        if fitting is None:
            fitting = [
                each
                for each in self._subscriptions.values()
                if each.service in (name, thing) and matches(each.pattern, subject)
            ]
            if len(self._fitting) >= MOST_REMEMBERED:
                self._fitting.clear()
            self._fitting[thing, subject] = fitting
        return fitting

    def _observe(self, change: PresenceChange | None) -> None:
        if change and change.kind != "changed":
            self._note(change)
        self._check_ready()

    def _note(self, change: PresenceChange) -> None:
        for subscription in list(self._subscriptions.values()):
            if not _publishes(change.instance, subscription):
                continue
            if change.kind == "came":
                subscription.publisher_came(change.instance.id)
            else:
                subscription.publisher_went(change.instance.id, change.reason == "withdrawn")
            subscription.tell_publishers(change)

    def _check_ready(self) -> None:
        if not self._picture.is_complete:
            return
        for subscription in list(self._unready):
            publishers = {each.id for each in self._picture.instances() if _publishes(each, subscription)}
            if publishers <= subscription.answered:
                self._unready.discard(subscription)
                subscription.ready.callback(None)


def _publishes(presence: Presence, subscription: Subscription) -> bool:
    return subscription.service in (presence.name, presence.id)
