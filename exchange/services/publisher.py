"""The publisher sends the reports of this process's services, and keeps the last ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from exchange.services.callbacks import PLAIN, Callbacks
from exchange.services.numbers import Numbers
from exchange.services.report import ADDRESSED, NOTHING, WHOLE, Posting, encode_content, report_frame
from exchange.services.retained import Retained
from exchange.services.seconds import seconds_of
from exchange.services.service import Service
from exchange.wire.frames import Frame
from exchange.wire.identities import Id, Identity, maker_of

SELF = b""
"""Whose numbers a publication keeps: those of its one instance, whatever its id is in which exchange."""


class Subscriber(NamedTuple):
    """Who subscribed to a service, as the service sees it.

    Attributes:
        subscription: The id of the subscription, for `Service.send_report`.
        identity: Of the exchange that it was made in.
        pattern: The subjects that it is about.
    """

    subscription: Id
    identity: Identity
    pattern: str


class Publication:
    """What one instance publishes, and who subscribed to it."""

    def __init__(self, service: Service, monotonic: Callable[[], float]) -> None:
        self.service = service
        self.retained = Retained(monotonic)
        self.numbers = Numbers()
        self.subscribers: dict[bytes, Subscriber] = {}


class Publisher:
    """Publishes for the instances of one exchange.

    Args:
        send: Takes the REPORT frames.
        is_known: Whether an instance, by its id, is known to an exchange, by its identity.
        clock: Gives the time in seconds since 1970.
        monotonic: Gives a time that only goes forward.
        callbacks: Runs the hooks of the services.
    """

    def __init__(
        self,
        send: Callable[[Frame], None],
        is_known: Callable[[bytes, Identity], bool],
        clock: Callable[[], float],
        monotonic: Callable[[], float],
        callbacks: Callbacks = PLAIN,
    ) -> None:
        self._send = send
        self._is_known = is_known
        self._clock = clock
        self._monotonic = monotonic
        self._callbacks = callbacks
        self._publications: dict[bytes, Publication] = {}

    def add(self, thing: bytes, service: Service, elsewhere: Sequence[Publication] = ()) -> None:
        """Publish for an instance.

        Args:
            elsewhere: What it published in other exchanges; what is kept of that is kept here too.
        """
        publication = self._publications[thing] = Publication(service, self._monotonic)
        for other in elsewhere[:1]:
            publication.numbers.take_over(other.numbers)
            publication.retained.take_over(other.retained)

    def publication(self, thing: bytes) -> Publication:
        """Return what an instance publishes."""
        return self._publications[thing]

    def remove(self, thing: bytes) -> None:
        """Publish no more for an instance; nothing that it kept survives."""
        del self._publications[thing]

    def publish(self, thing: bytes, subject: str, content: Any, lifetime: float) -> None:
        """Send a report to all who subscribed, and keep it for ``lifetime`` seconds.

        Raises:
            UnsuitableValue: The content cannot be sent.
            LocalProtocolError: The subject cannot be one.
            TypeError: The lifetime is no number.
            ValueError: The lifetime is a number that no clock can count.
        """
        lifetime = seconds_of(lifetime, "the lifetime of a report", instead="a negative one is for ever")
        publication = self._publications[thing]
        number = publication.numbers.following(SELF, subject)
        posted = self._clock()
        body = encode_content(content)
        posting = Posting(body, number, posted, None if lifetime < 0 else lifetime)
        kept = lifetime != 0 or subject in publication.retained
        frame = report_frame(thing, publication.service.name, subject, posting, kept=kept)
        publication.numbers.note(SELF, subject, number)
        publication.retained.keep(subject, body, number, posted, lifetime)
        self._send(frame)

    def send_report(self, thing: bytes, subscription: bytes, subject: str, content: Any) -> None:
        """Send a report to one subscriber, whatever its pattern; it is neither counted nor kept.

        Raises:
            KeyError: It did not subscribe to this instance.
            ValueError: The subject is empty, which means something else.
        """
        if subject == WHOLE:
            raise ValueError("a report to one subscriber must have a subject")
        publication = self._publications[thing]
        known = publication.subscribers[subscription]
        posting = Posting(encode_content(content), ADDRESSED, self._clock(), 0)
        self._send(report_frame(thing, publication.service.name, subject, posting, known.subscription))

    def retained(self, thing: bytes) -> Retained:
        """Return what is kept for an instance."""
        return self._publications[thing].retained

    def subscribers(self, thing: bytes) -> list[Subscriber]:
        """Return who subscribed to an instance."""
        return list(self._publications[thing].subscribers.values())

    def subscribe(self, frame: Frame) -> None:
        """Somebody subscribed, or must be answered again: show what is kept, to this subscription alone."""
        service, pattern = frame[2][:2]
        subscriber = Subscriber(Id(frame[1]), maker_of(Id(frame[1])), pattern)
        for thing, publication in list(self._publications.items()):
            wants = service in (thing, publication.service.name)
            if wants and self._is_known(thing, subscriber.identity):
                is_new = subscriber.subscription not in publication.subscribers
                publication.subscribers[subscriber.subscription] = subscriber
                self._answer(thing, publication, subscriber)
                if is_new:
                    self._hook(publication.service, "subscribed", subscriber)

    def unsubscribe(self, frame: Frame) -> None:
        """Somebody subscribes no more."""
        for publication in list(self._publications.values()):
            subscriber = publication.subscribers.pop(frame[1], None)
            if subscriber:
                self._hook(publication.service, "unsubscribed", subscriber)

    def _answer(self, thing: bytes, publication: Publication, subscriber: Subscriber) -> None:
        name, to = publication.service.name, subscriber.subscription
        for subject, posting in publication.retained.matching(subscriber.pattern):
            self._send(report_frame(thing, name, subject, posting, to, retained=True, kept=True))
        self._send(report_frame(thing, name, WHOLE, Posting(NOTHING, ADDRESSED, self._clock(), 0), to))

    def _hook(self, service: Service, name: str, subscriber: Subscriber) -> None:
        self._callbacks.tell(f"the hook '{name}' of service '{service.name}'", getattr(service, name), subscriber)
