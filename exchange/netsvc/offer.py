"""An offer: a service of netsvc, as the exchange sees it.

A method does not run while its request is being received, but in a later turn, as a
job; so a caller in the same process has its call's id before anything happens.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from types import CoroutineType
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from exchange import MethodUnavailable, Service, current_call
from exchange.netsvc.codes import SERVER_REQUEST_DECODING_ERROR, SERVER_RESPONSE_ENCODING_ERROR
from exchange.netsvc.coding import Coding
from exchange.netsvc.jobs import STANDARD_JOB
from exchange.netsvc.loop import Loop
from exchange.netsvc.records import AtHand
from exchange.netsvc.request import AddressOf, DelayedResponse, Request

Method = Callable[..., Any]
Execute = Callable[[str, Method, tuple[Any, ...]], Any]
Invalid = Callable[[str, tuple[Any, ...]], Any]


class Offer(Service):
    """What one service of netsvc offers.

    Args:
        execute: Runs a method: takes its name, itself and its arguments.
        invalid: Takes the name and the arguments of what is not exported; ``None`` refuses it.
        next_conversation: Gives an id for each request.
        address_of: Tells the address of whoever calls, by its id.
        at_hand: Has the request while its method runs.
        subscription: Takes who subscribed, and whether that began or ended.
        coding: Of types of the user's own.

    Attributes:
        methods: What was exported, by name.
    """

    def __init__(
        self,
        loop: Loop,
        at_hand: AtHand,
        next_conversation: Callable[[], str],
        address_of: AddressOf,
        execute: Execute,
        invalid: Invalid | None,
        subscription: Callable[[Any, bool], None],
        coding: Coding,
    ) -> None:
        self.methods: dict[str, Method] = {}
        self._loop = loop
        self._at_hand = at_hand
        self._next_conversation = next_conversation
        self._address_of = address_of
        self._execute = execute
        self._invalid = invalid
        self._subscription = subscription
        self._coding = coding

    def offer(self, method: Method, name: str | None = None) -> None:
        """Let others call ``method``, under its own name or another; the last of one name counts.

        Raises:
            TypeError: It cannot be called, or has no name of its own and none was given.
        """
        name = name or getattr(method, "__name__", None)
        if not callable(method) or not name:
            raise TypeError(f"{method!r} cannot be exported: it must be callable and have a name")

        @wraps(method)
        def run(*args: Any, **kwargs: Any) -> Deferred[Any]:
            whole = partial(method, **kwargs) if kwargs else method
            args = self._coding.decoded(args, SERVER_REQUEST_DECODING_ERROR)
            return self._later(name, args, partial(self._execute, name, whole, args))

        self.export(run, name)
        self.methods[name] = method

    def execute(self, name: str, params: tuple[Any, ...]) -> Any:
        """Run a method now, and return what it returns.

        Raises:
            CallError: It is not exported, or cannot be called with these arguments; or the method raised it.
        """
        export = self.exports.get(name)
        if export is not None:
            export.check(params, {})
            return self._execute(name, self.methods[name], params)
        if self._invalid is None:
            raise MethodUnavailable(f"service '{self.name}' exports no method '{name}'")
        return self._invalid(name, params)

    def unexported(self, name: str) -> Method | None:
        """Return what runs for a name that is not exported, if anything does."""
        invalid = self._invalid
        if invalid is None:
            return None
        return lambda *args: self._later(name, args, partial(invalid, name, args))

    def _later(self, name: str, args: tuple[Any, ...], execute: Callable[[], Any]) -> Deferred[Any]:
        """Return what ``execute`` gives, in a later turn; it does not begin if nobody waits for it any more."""
        begun: Deferred[None] = Deferred()
        request = Request(self._next_conversation(), name, args, self._address_of, current_call())
        answer = begun.addCallback(lambda _: self.run(request, execute))
        answer.addCallback(self._coding.encoded, SERVER_RESPONSE_ENCODING_ERROR)
        self._loop.jobs.schedule(lambda: None if begun.called else begun.callback(None), STANDARD_JOB)
        return answer

    def run(self, request: Request, execute: Callable[[], Any]) -> Any:
        """Run code with a request at hand, and return its result, or a Deferred of it.

        If the code leaves without a result, or has answered the request itself, that is ``request.answer``.
        """
        try:
            with self._at_hand.holding(request):
                result = execute()
                if isinstance(result, CoroutineType):
                    result = Deferred.fromCoroutine(result).addErrback(_left, request)
        except DelayedResponse:
            return request.answer
        except SystemExit as error:
            self._loop.leave(error)
            return Deferred()  # no answer: the caller is told when this process goes, which it does now
        return request.answer if request.answer.called else result

    def subscribed(self, subscriber: Any) -> None:
        """Tell that somebody subscribed."""
        self._subscription(subscriber, True)

    def unsubscribed(self, subscriber: Any) -> None:
        """Tell that somebody subscribes no more."""
        self._subscription(subscriber, False)


def _left(failure: Failure, request: Request) -> Deferred[Any]:
    """Return the answer of a request whose coroutine left without one; any other failure is raised again."""
    failure.trap(DelayedResponse)
    return request.answer
