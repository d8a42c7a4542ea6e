"""The subscriber keeps the subscriptions made here, and hands reports to their callbacks.

A live report comes once for the whole process, and goes to every subscription that
it fits; which those are is remembered for each instance and subject. What a callback
publishes is heard when all have heard what it was told of.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from twisted.logger import Logger

from exchange.errors import LocalProtocolError, UnsuitableValue
from exchange.routing.interest import BUILT_IN
from exchange.routing.patterns import matches
from exchange.services.callbacks import PLAIN, Callbacks
from exchange.services.current import CURRENT
from exchange.services.hearers import Hearers, HearersKnown
from exchange.services.picture import Picture
from exchange.services.presence import PresenceChange
from exchange.services.report import ADDRESSED, WHOLE, Report, count_of, posting_of
from exchange.services.subscription import OVERFLOWS, Seen, Subscription
from exchange.services.watch import Changed
from exchange.wire.frames import Frame, encode
from exchange.wire.identities import Id
from exchange.wire.layouts import Kind, is_name


class Subscriber:
    """The subscriptions of one exchange.

    Args:
        send: Takes the SUBSCRIBE and UNSUBSCRIBE frames.
        new_id: Returns the id of a new subscription.
    """

    log = Logger()

    def __init__(
        self,
        send: Callable[[Frame], None],
        new_id: Callable[[], Id],
        picture: Picture,
        callbacks: Callbacks = PLAIN,
    ) -> None:
        self._send = send
        self._new_id = new_id
        self._picture = picture
        self._callbacks = callbacks
        self._subscriptions: dict[bytes, Subscription] = {}
        self._services: dict[str | bytes, dict[Subscription, None]] = {}
        self._unready: dict[Subscription, None] = {}
        self._hearers = HearersKnown()
        self._suspected: set[Id] = set()
        self._frames: deque[Frame] = deque()
        self._is_reporting = False

    def __len__(self) -> int:
        return len(self._subscriptions)

    def subscribe(
        self,
        service: str | bytes,
        pattern: str,
        seen: Seen,
        overflow: str,
        publishers: Changed | None,
        skipped: Callable[[int], Any] | None = None,
    ) -> Subscription:
        """Want the reports of a service; see `Exchange.subscribe`."""
        _check(service, overflow)
        given = (seen, self._cancel, publishers, self._callbacks, skipped)
        subscription = Subscription(self._new_id(), service, pattern, *given)
        frame = encode(Kind.SUBSCRIBE, subscription.id, (service, pattern, overflow, 0))
        if not self._subscriptions:
            self._picture.observe(self._observe)
            self._suspected = {presence.id for presence in self._picture.instances() if presence.suspected}
        self._subscriptions[subscription.id] = subscription
        self._services.setdefault(service, {})[subscription] = None
        self._unready[subscription] = None
        self._hearers.forget_all()
        for presence in self._picture.instances():
            if service in (presence.name, presence.id):
                subscription.tell_publishers(PresenceChange("came", presence))
        try:
            self._send(frame)
        except LocalProtocolError:
            self._forget(subscription)
            raise
        self._check_ready([subscription])
        return subscription

    def report(self, frame: Frame) -> None:
        """A REPORT came: hand it to those whom it fits, or to the one that it is for."""
        self._frames.append(frame)
        if self._is_reporting:
            return
        self._is_reporting = True
        token = CURRENT.set(None)  # who hears what a method publishes is not part of its call
        try:
            while self._frames:
                self._report(self._frames.popleft())
        finally:
            CURRENT.reset(token)
            self._is_reporting = False

    def notice(self, frame: Frame) -> None:
        """A notice came: a link left out reports of one subscription."""
        subscription = self._subscriptions.get(frame[2][2])
        try:
            count = count_of(frame)
        except UnsuitableValue as error:
            self.log.warn("what a link left out cannot be understood: {error}", error=error)
            return
        if subscription is not None:
            subscription.note_skipped(count)

    def _report(self, frame: Frame) -> None:
        try:
            content, number, posted, remaining = posting_of(frame)
        except UnsuitableValue as error:
            self.log.warn("a report cannot be understood: {error}", error=error)
            return
        _, thing, (name, subject, to, retained, _), _ = frame
        report = Report(subject, Id(thing), number, posted, retained, 0, name, remaining)
        if to is None:
            hearers = self._hearers.get(thing, subject) or self._find_hearers(thing, name, subject)
            hearers.deliver(content, report)
            return
        addressee = self._subscriptions.get(to)
        if addressee is None:
            return
        if subject == WHOLE and number == ADDRESSED:
            addressee.answered.add(thing)
            self._check_ready([addressee])
        else:
            self._hearers.settle(thing, subject)
            if number == ADDRESSED or matches(addressee.pattern, subject):
                addressee.deliver(content, report)
            else:
                addressee.hand_over(content, report)  # its number is of a subject that is not wanted

    def _cancel(self, subscription: Subscription) -> None:
        self._forget(subscription)
        self._send(encode(Kind.UNSUBSCRIBE, subscription.id))

    def _forget(self, subscription: Subscription) -> None:
        del self._subscriptions[subscription.id]
        namesakes = self._services[subscription.service]
        del namesakes[subscription]
        if not namesakes:
            del self._services[subscription.service]
        self._unready.pop(subscription, None)
        self._hearers.forget_all()
        if not self._subscriptions:
            self._picture.ignore(self._observe)

    def _wanting(self, name: str, thing: bytes) -> list[Subscription]:
        """Return the subscriptions to a service of this name, and to this instance alone."""
        return [*self._services.get(name, ()), *self._services.get(thing, ())]

    def _find_hearers(self, thing: bytes, name: str, subject: str) -> Hearers:
        fitting = [each for each in self._wanting(name, thing) if matches(each.pattern, subject)]
        return self._hearers.add(thing, subject, fitting)

    def _observe(self, change: PresenceChange | None) -> None:
        if change is None:
            self._check_ready(list(self._unready))
            return
        is_turn = self._note_suspicion(change)
        if change.kind != "changed":
            self._note(change)
        elif is_turn:
            for subscription in self._wanting(change.instance.name, change.instance.id):
                subscription.tell_publishers(change)

    def _note_suspicion(self, change: PresenceChange) -> bool:
        """Return whether an instance is suspected now and was not, or the other way round."""
        before = change.instance.id in self._suspected
        self._suspected.discard(change.instance.id)
        now = change.instance.suspected and change.kind != "went"
        if now:
            self._suspected.add(change.instance.id)
        return now != before

    def _note(self, change: PresenceChange) -> None:
        concerned = self._wanting(change.instance.name, change.instance.id)
        if change.kind == "went":
            self._hearers.forget(change.instance.id)
        for subscription in concerned:
            if change.kind == "came":
                subscription.publisher_came(change.instance.id)
            else:
                subscription.publisher_went(change.instance.id, change.reason == "withdrawn")
            subscription.tell_publishers(change)
        self._check_ready(concerned)

    def _check_ready(self, subscriptions: Iterable[Subscription]) -> None:
        unready = [each for each in subscriptions if each in self._unready]
        if not unready or not self._picture.is_complete:
            return
        there = self._picture.instances()
        for subscription in unready:
            publishers = {each.id for each in there if subscription.service in (each.name, each.id)}
            if publishers <= subscription.answered and subscription in self._unready:
                del self._unready[subscription]
                subscription.ready.callback(None)


def _check(service: str | bytes, overflow: str) -> None:
    """Raise `ValueError` for what nobody can subscribe to, or no queue can do."""
    if overflow not in OVERFLOWS:
        raise ValueError(f"overflow {overflow!r} must be one of {', '.join(OVERFLOWS)}")
    if service == BUILT_IN:
        raise ValueError(f"{BUILT_IN} tells who is there; use exchange.watch()")
    if isinstance(service, str) and not is_name(service):
        raise ValueError(f"no service can be named {service!r}")
