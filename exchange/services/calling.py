"""The part of an exchange's public face that is about calls: to one service, or to all of a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from exchange.errors import CallError
from exchange.routing.switch import Switch
from exchange.services.calls import Calls
from exchange.services.current import INSTANCE, CurrentCall, running_call, said_of
from exchange.services.description import Description, description_from
from exchange.services.holding import Holding, check_times
from exchange.services.offers import Offers
from exchange.services.picture import Picture
from exchange.services.proxy import MakeCall, Proxy
from exchange.services.service import DESCRIBE, PING, Service
from exchange.services.sticky import Sticky
from exchange.services.together import Outcome, call_each
from exchange.services.trace_context import trace_in
from exchange.services.waiting import Terms
from exchange.services.watch import Wanted, Watch
from exchange.wire.identities import Id, readable

DEFAULT_TIMEOUT = 30.0
USUAL = Terms(DEFAULT_TIMEOUT)


class Calling:
    """Calls of methods, wherever they run."""

    reactor: Any
    _calls: Calls
    _holding: Holding
    _monotonic: Callable[[], float]
    _offers: Offers
    _picture: Picture
    _switch: Switch

    def call(
        self,
        to: str | bytes,
        method: str,
        /,
        *args: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        wait: float = 0,
        retry: bool | None = None,
        **kwargs: Any,
    ) -> Deferred[Any]:
        """Call a method of a service, wherever it runs.

        The Deferred always fires: with the result, or with a failure. Cancelling
        it tells the service to stop and forgets the call. A call made by a method
        has no more time than is left of the call that the method answers.

        Args:
            to: A service name, or the id of one instance.
            timeout: Seconds to wait for the answer: 0 is over at once, ``None`` is as long as the service lives.
            wait: Seconds to hold the call if the service is not there yet, before ``timeout`` begins.
            retry: Whether to make the call again, on another instance, when it is unknown
                whether it was delivered; left out, if the method was declared idempotent.

        Raises:
            ValueError: ``timeout`` or ``wait`` is below 0.
            ServiceUnavailable: Nobody offers ``to``.
            CallTimeout: No answer in time.
            RemoteError: The method raised.
            CallError: Any of its kinds; see `exchange.errors`.
        """
        if timeout == DEFAULT_TIMEOUT and retry is None and wait == 0:  # the usual, in few steps
            return self._calls.make(to, method, args, kwargs, USUAL)
        return self._call(to, method, args, kwargs, Terms(timeout, retry), wait)

    def service(
        self,
        name: str | bytes,
        timeout: float | None = DEFAULT_TIMEOUT,
        wait: float = 0,
        retry: bool | None = None,
        *,
        sticky: bool = False,
        user: str | None = None,
        properties: dict[str, str] | None = None,
    ) -> Proxy:
        """Return a proxy: ``exchange.service("math").multiply(6, 7)`` is a call; every argument is the method's.

        Args:
            sticky: Whether to call the same instance as long as it is there.
            user: On whose behalf the calls are made, for the method to see.
            properties: What else the method may know of the caller.
        """
        check_times(timeout, wait)
        context = said_of(user, properties)
        terms = Terms(timeout, retry, context)
        if sticky and isinstance(name, str):
            return Proxy(self._sticky(name, terms, wait), name)

        def make_call(method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Deferred[Any]:
            return self._call(name, method, args, kwargs, terms, wait)

        return Proxy(make_call, name if isinstance(name, str) else readable(name))

    def call_for(
        self,
        caller: Service | None,
        to: str | bytes,
        method: str,
        args: Sequence[Any],
        timeout: float | None = DEFAULT_TIMEOUT,
        *,
        kwargs: Mapping[str, Any] | None = None,
        user: str | None = None,
        properties: dict[str, str] | None = None,
        trace: Mapping[str, str] | None = None,
    ) -> Deferred[Any]:
        """Make a call for a service that was added, or for a user of ours, so that the method may know; else as `call`.

        Args:
            caller: Which service calls; ``None`` if none does.
            kwargs: Keyword arguments of the method.
            user: On whose behalf.
            properties: What else the method may know of the caller.
            trace: Its ``traceparent``, and its ``tracestate`` if it has one, if they came from elsewhere.
        """
        check_times(timeout, 0)
        context: dict[str, Any] = {} if caller is None else {INSTANCE: self._offers.id_of(caller)}
        context |= said_of(user, properties)
        if trace:
            context |= trace_in(trace)
        return self._calls.make(to, method, tuple(args), dict(kwargs or ()), Terms(timeout, None, context))

    def call_all(
        self, name: str, method: str, /, *args: Any, timeout: float | None = DEFAULT_TIMEOUT, **kwargs: Any
    ) -> Deferred[dict[Id, Outcome]]:
        """Call a method of every instance of a service.

        Returns:
            A Deferred of a mapping from the id of each instance to an `Outcome`, which
            has a ``value`` or an ``error``. It fires when all have answered or failed.
        """

        check_times(timeout, 0)

        def make(thing: Id) -> Deferred[Any]:
            return self._call(thing, method, args, kwargs, Terms(timeout, False), 0)

        patience = DEFAULT_TIMEOUT if timeout is None else timeout
        return Deferred.fromCoroutine(
            call_each(Watch(self._picture, Wanted(name, None, None), None), make, patience, self.reactor)
        )

    def describe(self, to: str | bytes, timeout: float | None = DEFAULT_TIMEOUT) -> Deferred[Description]:
        """Ask a service what it offers.

        Args:
            to: A service name, or the id of one instance.

        Returns:
            A Deferred of a `Description`, or of a failure as in `call`.
        """
        return self.call(to, DESCRIBE, timeout=timeout).addCallback(description_from)

    def ping(self, to: str | bytes, timeout: float | None = DEFAULT_TIMEOUT) -> Deferred[float]:
        """Ask a service for a sign of life; return a Deferred of the seconds until it came, there and back."""
        started = self._monotonic()
        return self.call(to, PING, timeout=timeout).addCallback(lambda _: self._monotonic() - started)

    def forward(self, current: CurrentCall, to: str | bytes, method: str | None = None) -> Deferred[Any]:
        """Pass a call that is being answered on to another service; see `Service.forward`."""
        context = said_of(current.user, current.properties)
        if current is not running_call():
            context |= current.trace
        terms = Terms(current.time_left, False, context)
        answer = self._calls.make(to, method or current.method, tuple(current.args), current.kwargs, terms)
        return answer.addErrback(_meant)

    def _sticky(self, name: str, terms: Terms, wait: float) -> MakeCall:
        """Return what makes calls to the same instance of a name as long as it is there."""
        choice = Sticky(self._picture, name, self._switch.role.identity, lambda: bool(self._switch.hubs), self.reactor)

        def make_call(method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Deferred[Any]:
            def begin(terms: Terms) -> Deferred[Any]:
                def make_to(to: str | Id, timeout: float | None) -> Deferred[Any]:
                    return self._calls.make(to, method, args, kwargs, terms._replace(timeout=timeout))

                make = partial(choice.call, make_to, terms.timeout)
                return Deferred.fromCoroutine(self._holding.hold(make, name, wait)) if wait else make()

            return self._calls.traced(name, method, terms, begin)

        return make_call

    def _call(
        self,
        to: str | bytes,
        method: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        terms: Terms,
        wait: float,
    ) -> Deferred[Any]:
        check_times(terms.timeout, wait)
        if wait == 0:
            return self._calls.make(to, method, args, kwargs, terms)

        def hold(terms: Terms) -> Deferred[Any]:
            make = partial(self._calls.make, to, method, args, kwargs, terms)
            return Deferred.fromCoroutine(self._holding.hold(make, to, wait))

        return self._calls.traced(to, method, terms._replace(held_until=self.reactor.seconds() + wait), hold)


def _meant(failure: Failure) -> Failure:
    """Mark a failure as one that the method means to hand back."""
    if isinstance(failure.value, CallError):
        failure.value.received = False
    return failure
