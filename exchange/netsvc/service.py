"""A service of netsvc: a name, exported methods, and calls of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred

from exchange.netsvc.answering import Answering
from exchange.netsvc.arity import Callback, of_failure, of_failure_as_result, of_result
from exchange.netsvc.binding import Binding
from exchange.netsvc.codes import CLIENT_REQUEST_ENCODING_ERROR
from exchange.netsvc.coding import Coding, decode_value, encode_object
from exchange.netsvc.conversations import Conversations, Outcome, Told
from exchange.netsvc.endpoint import ServiceEndPoint
from exchange.netsvc.failures import ServiceFailure, no_service
from exchange.netsvc.monitor import Monitor
from exchange.netsvc.notices import Report
from exchange.netsvc.offer import Offer
from exchange.netsvc.records import AtHand, Failure, Response
from exchange.netsvc.reporting import Reporting
from exchange.netsvc.request import Request
from exchange.netsvc.subscriptions import Subscriptions, Tell
from exchange.netsvc.suspended import Suspended

SERVICE_HIDDEN = 0
SERVICE_VISIBLE = 1


class Service(Answering, Reporting, Monitor):
    """Something with a name that others can call, and that can call others.

    It is known from the moment it is made, in this process and wherever its exchanges
    lead, until `destroyAgent` or the end of the process.

    Args:
        name: What callers call it; several may share a name. Without one it can call, but is not found.
        audience: ``"*"`` is everywhere, empty this process only, else the exchange group of that name.
        visibility: ``SERVICE_HIDDEN`` is not found by anybody until `announceAvailability`.
    """

    def __init__(self, name: str = "", audience: str = "*", visibility: int = SERVICE_VISIBLE) -> None:
        super().__init__()
        process = self._netsvc_process
        self._netsvc_at_hand = AtHand()
        self._netsvc_conversations = Conversations(self._netsvc_loop)
        self._netsvc_last: tuple[str | None, Binding | None, str] = (None, None, "")
        own_encode = self.encodeObject if type(self).encodeObject is not Service.encodeObject else None
        own_decode = self.decodeValue if type(self).decodeValue is not Service.decodeValue else None
        self._netsvc_coding = Coding(own_encode, own_decode)
        invalid = self.invalidMethod if type(self).invalidMethod is not Service.invalidMethod else None
        offer = Offer(
            self._netsvc_loop,
            self._netsvc_at_hand,
            process.next_conversation,
            process.address_of,
            self.executeMethod,
            invalid,
            self._netsvc_note_subscription,
            self._netsvc_coding,
        )
        offer.name, offer.audience, offer.hidden = name, audience, visibility == SERVICE_HIDDEN
        self._netsvc_offer = offer
        self._netsvc_suspended = Suspended(self._netsvc_loop, offer.run)
        self._netsvc_subscriptions = Subscriptions(
            process, Tell(self._netsvc_tell_report, self._netsvc_tell_publisher, self._netsvc_decoded)
        )
        process.add(offer)

    # What it is

    def serviceName(self) -> str:
        """Return the name."""
        return self._netsvc_offer.name

    def serviceAudience(self) -> str:
        """Return how far it is known."""
        return self._netsvc_offer.audience

    def serviceVisibility(self) -> int:
        """Return ``SERVICE_HIDDEN`` or ``SERVICE_VISIBLE``."""
        return SERVICE_HIDDEN if self._netsvc_offer.hidden else SERVICE_VISIBLE

    def announceAvailability(self) -> None:
        """Make a hidden service visible, for good; nothing happens if it is visible."""
        if self._netsvc_offer.hidden:
            self._netsvc_offer.hidden = False
            self._netsvc_process.announce(self._netsvc_offer)

    def serviceAddress(self) -> str:
        """Return the id of this service, as others know it."""
        return self.serviceBinding().serviceAddress()

    def agentIdentity(self) -> str:
        """Return the id of this service, as others know it."""
        return self.serviceBinding().agentIdentity()

    def processIdentity(self) -> str:
        """Return the identity of this process, as others know it."""
        return self.serviceBinding().processIdentity()

    # Service groups

    def joinGroup(self, group: str) -> None:
        """Join a service group; an empty name, and one that was joined, are ignored.

        Raises:
            RuntimeError: The service is hidden.
        """
        if self._netsvc_offer.hidden:
            raise RuntimeError(f"a hidden service cannot join '{group}'; call announceAvailability() first")
        if group:
            self._netsvc_offer.join(group)

    def leaveGroup(self, group: str) -> None:
        """Leave a service group; one that was not joined is ignored."""
        self._netsvc_offer.leave(group)

    # Calls of its own

    def serviceEndPoint(self, target: str | Binding) -> ServiceEndPoint:
        """Return a service by which its methods are called; false, and equal to ``None``, if there is none.

        The service is chosen now, among those that are known now: one of this process
        first, else the one with the lowest id. It is not chosen again.
        """
        if isinstance(target, Binding):
            return ServiceEndPoint(partial(self._netsvc_call, target.serviceName()), target)
        known = self._netsvc_process.bindings(target) if target else []
        return ServiceEndPoint(partial(self._netsvc_call, target), known[0] if known else None)

    def sendRequest(self, binding: Binding, methodName: str, *params: Any) -> str:
        """Call a method of a service; return the id of the conversation, as an end point does."""
        return self._netsvc_call(binding.serviceName(), binding, methodName, params)

    def lastRequest(self) -> tuple[str | None, Binding | None, str]:
        """Return the id, the service and the method of the last call; ``(None, None, "")`` if it could not be made."""
        return self._netsvc_last

    def processResponse(self, callback: Callback, id: str | None) -> None:
        """Have ``callback`` told of the result of the last call: ``(result)``, ``(id, result)`` or ``()``.

        Args:
            id: What the call returned; ``None`` is ignored.

        Raises:
            RuntimeError: It is not the last call.
        """
        self._netsvc_conversations.register(id, told_result=self._netsvc_told(callback, of_result))

    def processFailure(self, callback: Callback, id: str | None, timeout: float | None = None) -> None:
        """Have ``callback`` told if the last call fails, also if its service is lost.

        It takes ``(error, description, origin, details)``, or ``id`` before these, or ``(id)``, or nothing.

        Args:
            id: What the call returned; ``None`` is ignored.
            timeout: Seconds from now after which the call fails with error 47; without, it lasts as
                long as the service does.

        Raises:
            RuntimeError: It is not the last call.
        """
        told = self._netsvc_told(callback, of_failure)
        self._netsvc_conversations.register(id, told_failure=told, timeout=timeout)

    def monitorResponse(self, callback: Callback, id: str | None, timeout: float | None = None) -> None:
        """Have ``callback`` told of the result of the last call, or that it failed.

        Of a failure it is told by ``None`` in place of the result, or in the forms of
        `processFailure` with four or five arguments; `failureOccurred` tells it apart.

        Args:
            id: What the call returned; ``None`` is ignored.
            timeout: Seconds from now after which the call fails with error 47.

        Raises:
            RuntimeError: It is not the last call.
        """
        told_result = self._netsvc_told(callback, of_result)
        told_failure = self._netsvc_told(callback, of_failure_as_result)
        self._netsvc_conversations.register(id, told_result, told_failure, timeout)

    def ignoreResponse(self, id: str) -> None:
        """Be told nothing of a call any more; the call itself goes on."""
        self._netsvc_conversations.ignore(id)

    def cancelRequest(self, id: str, error: int, description: str, origin: str = "", details: str = "") -> None:
        """Give a call up: those who wait for it are told this failure in a later turn, and the service that they do."""
        self._netsvc_conversations.cancel(id, ServiceFailure(error, description, origin, details))

    def cancelAllRequests(self, error: int, description: str, origin: str = "", details: str = "") -> None:
        """Give all calls up for which somebody waits; see `cancelRequest`."""
        for id in self._netsvc_conversations.pending():
            self.cancelRequest(id, error, description, origin, details)

    def responsePending(self, id: str) -> bool:
        """Tell whether a callback waits for the outcome of a call."""
        return self._netsvc_conversations.is_pending(id)

    # Inside methods and callbacks

    def currentRequest(self) -> Request | None:
        """Return the request whose method runs."""
        record = self._netsvc_at_hand.record
        return record if isinstance(record, Request) else None

    def currentResponse(self) -> Response | None:
        """Return the response of which a callback is being told."""
        record = self._netsvc_at_hand.record
        return record if isinstance(record, Response) else None

    def currentFailure(self) -> Failure | None:
        """Return the failure of which a callback is being told."""
        record = self._netsvc_at_hand.record
        return record if isinstance(record, Failure) else None

    def currentReport(self) -> Report | None:
        """Return the report of which a callback is being told."""
        record = self._netsvc_at_hand.record
        return record if isinstance(record, Report) else None

    def failureOccurred(self) -> bool:
        """Tell whether a callback is being told of a failure."""
        return self.currentFailure() is not None

    def conversationId(self) -> str:
        """Return the id of the request, response or failure at hand; empty if there is none."""
        record = self._netsvc_at_hand.record
        return record.conversationId() if isinstance(record, Request | Response | Failure) else ""

    # Types of one's own

    def encodeObject(self, object: Any) -> tuple[str | None, Any]:
        """Return what is sent for a value of a type that has no form of its own; see `encoder`. May be overridden.

        Raises:
            TypeError: It is not known how.
        """
        return encode_object(object)

    def decodeValue(self, name: str, string: str) -> Any:
        """Return the value of a type of the user's own; see `decoder`. May be overridden."""
        return decode_value(name, string)

    # The end

    def destroyAgent(self) -> None:
        """Withdraw the service at once, and cancel and forget everything; to do so twice does nothing.

        Those who wait for an answer of it are told now that it is gone.
        """
        super().destroyAgent()
        self._netsvc_last_binding = self.serviceBinding()
        self._netsvc_conversations.ignore_all()
        self._netsvc_subscriptions.end()
        self._netsvc_process.remove(self._netsvc_offer)

    # In here

    def _netsvc_call(self, name: str, binding: Binding | None, method: str, params: tuple[Any, ...]) -> str:
        self._netsvc_last = (None, None, "")
        if binding is None:
            self._netsvc_conversations.forget_last()
            raise no_service(name)
        make = partial(self._netsvc_make_call, binding, method, params)
        id = self._netsvc_conversations.begin(self._netsvc_process.next_conversation(), make)
        self._netsvc_last = (id, binding, method)
        return id

    def _netsvc_make_call(self, binding: Binding, method: str, params: tuple[Any, ...]) -> Deferred[Any]:
        params = self._netsvc_coding.encoded(params, CLIENT_REQUEST_ENCODING_ERROR)
        through, thing = binding.through, binding.instance.id
        if self._netsvc_last_binding is None:
            record = self._netsvc_at_hand.record  # the method runs in a turn of its own, to which no context came
            trace = record.trace if isinstance(record, Request) else None
            answer = through.call_for(self._netsvc_offer, thing, method, params, None, trace=trace)
        else:
            answer = through.call(thing, method, *params, timeout=None)
        return answer.addCallback(self._netsvc_decoded)

    def _netsvc_told(self, callback: Callback, arguments: Callable[[Callback, Any], tuple[Any, ...]]) -> Told:
        def told(outcome: Outcome) -> None:
            with self._netsvc_at_hand.holding(outcome):
                self._netsvc_loop.guard(self, lambda: callback(*arguments(callback, outcome)))

        return told
