"""Reporting: what a service publishes, and what it subscribes to."""

from __future__ import annotations

from functools import partial
from typing import Any

from exchange import UnsuitableValue
from exchange.netsvc.arity import Callback, of_report
from exchange.netsvc.binding import Binding
from exchange.netsvc.codes import CLIENT_REQUEST_ENCODING_ERROR, CLIENT_RESPONSE_DECODING_ERROR
from exchange.netsvc.coding import Coding
from exchange.netsvc.failures import failure_of
from exchange.netsvc.jobs import PRIORITY_JOB
from exchange.netsvc.monitor import Monitor
from exchange.netsvc.notices import (
    SUBSCRIPTION_REQUESTED,
    SUBSCRIPTION_WITHDRAWN,
    PublisherNotification,
    Report,
    Subscriber,
    Subscription,
)
from exchange.netsvc.offer import Offer
from exchange.netsvc.records import AtHand
from exchange.netsvc.subjects import fits
from exchange.netsvc.subscriptions import Subscriptions, Target


class Reporting(Monitor):
    """What a `Service` does with reports."""

    _netsvc_at_hand: AtHand
    _netsvc_coding: Coding
    _netsvc_offer: Offer
    _netsvc_subscriptions: Subscriptions
    _netsvc_last_binding: Binding | None = None
    """What it was when it was destroyed."""

    # As a publisher

    def publishReport(self, subjectName: str, content: Any, lifeTime: float = 0) -> None:
        """Publish a report to all who subscribed.

        Args:
            lifeTime: Seconds for which it is kept for those who come late, in place of what was
                kept on the subject. 0 keeps nothing, and forgets that; below 0 is for ever.

        Raises:
            ServiceFailure: The content cannot be sent.
            ValueError: The subject cannot be one.
        """
        try:
            self._netsvc_offer.publish(subjectName, self._netsvc_encoded(content), lifeTime)
        except UnsuitableValue as error:
            raise failure_of(error) from None

    def sendReport(self, subscriber: Subscriber, subjectName: str, content: Any) -> None:
        """Send a report to one subscriber alone, whatever its pattern; one that subscribes no more is ignored.

        Args:
            subscriber: As `handleSubscription` was told it.

        Raises:
            ServiceFailure: The content cannot be sent.
            ValueError: The subject cannot be one.
        """
        try:
            if subscriber.known in self._netsvc_offer.subscribers():
                self._netsvc_offer.send_report(subscriber.known, subjectName, self._netsvc_encoded(content))
        except UnsuitableValue as error:
            raise failure_of(error) from None

    def expireReports(self, subjectPattern: str, age: float = 0) -> None:
        """Forget what is kept on subjects that fit, if it is ``age`` seconds old or older."""
        self._netsvc_offer.expire(subjectPattern, age)

    def expireAllReports(self, age: float) -> None:
        """Forget all that is kept, if it is ``age`` seconds old or older."""
        self._netsvc_offer.expire("*", age)

    def purgeReports(self) -> None:
        """Forget what is over, to have its memory back."""
        self._netsvc_offer.purge()

    def handleSubscription(self, subscription: Subscription) -> None:
        """Somebody subscribed to this service, or subscribes no more; for subclasses. It is no veto."""

    # As a subscriber

    def monitorReports(self, callback: Callback, target: Target, subjectPattern: str) -> None:
        """Subscribe, and have ``callback`` told: ``(content)``, ``(subject, content)`` or ``(name, subject, content)``.

        What a publisher keeps is told first. To subscribe to the same again only changes the callback.

        Args:
            target: The name of a service, for all that bear it, present and future; or one binding.
            subjectPattern: The subjects: ``*`` is any run of characters, ``?`` any one.

        Raises:
            ValueError: The name or the pattern cannot be one.
        """
        self._netsvc_subscriptions.subscribe(target, subjectPattern).callback = callback

    def acceptReports(self, callback: Callback, target: Target, subjectName: str) -> None:
        """Have ``callback`` told of reports on a subject that are sent to us without being subscribed to."""
        self._netsvc_subscriptions.accept(callback, target, subjectName)

    def ignoreReports(self, target: Target, subjectPattern: str | None = None) -> None:
        """Subscribe to a pattern of a target no more, or to all of them."""
        self._netsvc_subscriptions.ignore(target, subjectPattern)

    def subscribeReports(self, target: Target, subjectPattern: str) -> None:
        """Subscribe, and have `unexpectedReport` told, unless a callback is registered.

        Raises:
            ValueError: The name or the pattern cannot be one.
        """
        self._netsvc_subscriptions.subscribe(target, subjectPattern)

    def unsubscribeReports(self, target: Target, subjectPattern: str) -> None:
        """Subscribe no more; what is not subscribed to is ignored."""
        self._netsvc_subscriptions.unsubscribe(target, subjectPattern)

    def unexpectedReport(self, serviceName: str, subjectName: str, content: Any) -> None:
        """A report came for which there is no callback; for subclasses."""

    def handlePublisherNotification(self, notification: PublisherNotification) -> None:
        """A service that this one subscribed to came or went; for subclasses."""

    def matchSubject(self, subjectPattern: str, subjectName: str) -> bool:
        """Tell whether a subject fits a pattern. To override it changes nothing for others."""
        return fits(subjectPattern, subjectName)

    # In here

    def serviceBinding(self) -> Binding:
        """Return the binding of this service; of one that was destroyed, the last."""
        return self._netsvc_last_binding or self._netsvc_process.binding_of(self._netsvc_offer)

    def _netsvc_encoded(self, content: Any) -> Any:
        return self._netsvc_coding.encoded(content, CLIENT_REQUEST_ENCODING_ERROR)

    def _netsvc_decoded(self, content: Any) -> Any:
        return self._netsvc_coding.decoded(content, CLIENT_RESPONSE_DECODING_ERROR)

    def _netsvc_tell_report(self, callback: Callback | None, report: Report) -> None:
        tell = callback or self.unexpectedReport
        with self._netsvc_at_hand.holding(report):
            self._netsvc_loop.guard(self, lambda: tell(*of_report(tell, report)))

    def _netsvc_tell_publisher(self, binding: Binding, status: int) -> None:
        if self._netsvc_last_binding is not None:
            return
        notification = PublisherNotification(binding, self.serviceBinding(), status)
        self._netsvc_loop.guard(self, self.handlePublisherNotification, notification)

    def _netsvc_note_subscription(self, known: Any, began: bool) -> None:
        """Somebody subscribed or ceased to; one of ours does so at each of our exchanges, and counts at home only."""
        if not self._netsvc_process.is_linked_as(known.identity):
            work = partial(self._netsvc_tell_subscription, Subscriber(known), began)
            self._netsvc_loop.jobs.schedule(work, PRIORITY_JOB)

    def _netsvc_tell_subscription(self, subscriber: Subscriber, began: bool) -> None:
        if self._netsvc_last_binding is not None:
            return
        status = SUBSCRIPTION_REQUESTED if began else SUBSCRIPTION_WITHDRAWN
        subscription = Subscription(self.serviceBinding(), subscriber, status)
        self._netsvc_loop.guard(self, self.handleSubscription, subscription)
