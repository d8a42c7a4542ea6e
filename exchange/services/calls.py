"""Calls made here, and waiting for an answer.

There is no timer per call. One clock looks at all that wait, four times a second,
and sooner if the nearest deadline is sooner than that.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from twisted.internet.defer import Deferred, fail
from twisted.internet.interfaces import IDelayedCall
from twisted.python.failure import Failure

from exchange.errors import BadArguments, CallError, CallTimeout, LocalProtocolError, UnsuitableValue
from exchange.routing.interest import is_built_in
from exchange.routing.port import Port
from exchange.services.current import CURRENT, INSTANCE, LONGEST, TIME_LEFT, running_call
from exchange.services.spans import Tracing
from exchange.services.trace_context import TRACEPARENT
from exchange.services.waiting import FOR_EVER, Terms, Waiting
from exchange.wire.failures import error_of
from exchange.wire.frames import Frame, body_of, encode
from exchange.wire.identities import LARGEST_NUMBER, Id, Identity
from exchange.wire.layouts import Kind
from exchange.wire.telling import shown, text_of, told
from exchange.wire.values import decode_request, decode_value, encode_context, encode_request, join_request

SWEEP = 0.25

Repeat = Callable[[Waiting, CallError], Deferred[Any] | None]
"""Is asked about each call that failed; returns what will come of it, or ``None`` to let it fail."""

REQUEST, FAILURE, CANCEL = Kind.REQUEST, Kind.FAILURE, Kind.CANCEL


class Calls:
    """The calls of one exchange.

    Attributes:
        repeat: Decides which calls that failed are made again.
        tracing: Makes spans of calls, if anybody does.
        name_of: Returns the name of an instance, if it is known.

    Args:
        send: Takes the REQUEST and CANCEL frames.
        port: Has the principal under which calls are made, as the hub knows it.
    """

    def __init__(
        self, identity: Identity, send: Callable[[Frame], None], reactor: Any, port: Port | None = None
    ) -> None:
        self.repeat: Repeat = lambda waiting, error: None
        self.tracing: Tracing | None = None
        self.name_of: Callable[[Id], str | None] = lambda thing: None
        self._identity = identity
        self._send = send
        self._port = port or Port()
        self._reactor = reactor
        self._clock = reactor.seconds
        self._number = 0
        self._waiting: dict[bytes, tuple[Deferred[Any], float, str | bytes, str, bytes, Terms]] = {}  # as `Waiting`
        self._repeated: dict[bytes, Deferred[Any]] = {}
        self._sweeper: IDelayedCall | None = None
        self._sweep_at = FOR_EVER

    def __len__(self) -> int:
        return len(self._waiting) + len(self._repeated)

    def make(
        self, to: str | bytes, method: str, args: tuple[Any, ...], kwargs: dict[str, Any], terms: Terms
    ) -> Deferred[Any]:
        """Make a call; the Deferred always fires, with the result or with a `CallError`.

        A call made by a method has no more time than what is left of the method's own.
        """
        if self.tracing is not None and terms.span is None and _is_traced(to, method):
            return self.traced(to, method, terms, partial(self.make, to, method, args, kwargs))
        try:
            if terms.context or CURRENT.get() is not None:
                terms, context = _with_current(terms)
            else:
                context = _time_alone(terms.timeout)
            body = join_request(args, kwargs, context)
        except UnsuitableValue as error:
            return fail(_received(error))
        return self.send_body(to, method, body, terms)

    def traced(
        self, to: str | bytes, method: str, terms: Terms, make: Callable[[Terms], Deferred[Any]]
    ) -> Deferred[Any]:
        """Do what makes a call, perhaps several times, as one span if anybody traces; ``make`` takes its terms."""
        if self.tracing is None or terms.span is not None or not _is_traced(to, method):
            return make(terms)
        context = terms.context or {}
        service = to if isinstance(to, str) else self.name_of(Id(to))
        span = self.tracing.call(service, to, method, context)
        try:
            answer = make(terms._replace(context={**context, **span.carried}, span=span))
        except BaseException:
            span.ended(Failure())
            raise
        return answer.addBoth(span.ended)

    def send_body(self, to: str | bytes, method: str, body: bytes, terms: Terms) -> Deferred[Any]:
        """Send a request whose body is made already."""
        call = self.new_id()
        try:
            frame = encode(REQUEST, call, (to, method, self._port.speaks_as), body)
        except (LocalProtocolError, TypeError) as error:
            text = text_of(error) if isinstance(method, str) else f"a method is named by a text, not by {shown(method)}"
            return fail(_received(BadArguments(f"no call can be made: {text}", delivered=False)))
        answer: Deferred[Any] = Deferred(partial(self._give_up, call))
        deadline = FOR_EVER if terms.timeout is None else self._clock() + terms.timeout
        self._waiting[call] = (answer, deadline, to, method, body, terms)
        try:
            self._send(frame)
        except Exception as error:  # the stack may be full: what was begun is ended when it is not
            if self._waiting.pop(call, None) is None:
                return answer
            self._reactor.callLater(0, self._send, encode(CANCEL, call))
            return fail(_received(CallError(f"the call could not be made: {told(error)}")))
        if deadline < self._sweep_at and call in self._waiting:
            self._arm(deadline)
        return answer

    def answer(self, frame: Frame) -> None:
        """Hand a REPLY or FAILURE to whoever waits for it."""
        call = frame[1]
        waiting = self._waiting.pop(call, None)
        if waiting is None:
            return
        if frame[0] == FAILURE:
            self._fail(call, Waiting(*waiting), error_of(frame))
            return
        answer = waiting[0]
        try:
            result = decode_value(body_of(frame[3]), UnsuitableValue.CANNOT_DECODE_REPLY)
        except UnsuitableValue as error:
            error.delivered = True
            answer.errback(_received(error))
        else:
            answer.callback(result)

    def stop(self) -> None:
        """Look no more at the clock, until the next call."""
        if self._sweeper:
            self._sweeper.cancel()
        self._sweeper, self._sweep_at = None, FOR_EVER

    def new_id(self) -> bytes:
        """Return an id that no waiting call has; numbers begin again after four thousand million."""
        while True:
            self._number = self._number + 1 & LARGEST_NUMBER
            call = self._identity + self._number.to_bytes(4, "big")
            if call not in self._waiting:
                return call

    def _fail(self, call: bytes, waiting: Waiting, error: CallError) -> None:
        repeated = self.repeat(waiting, error)
        if repeated is None:
            waiting.answer.errback(error)
            return
        if waiting.terms.span is not None:
            waiting.terms.span.repeated(error)
        self._repeated[call] = repeated
        repeated.addBoth(self._end_repeated, call)
        repeated.addCallbacks(waiting.answer.callback, waiting.answer.errback)

    def _end_repeated(self, result: Any, call: bytes) -> Any:
        self._repeated.pop(call, None)
        return result

    def _give_up(self, call: bytes, answer: Deferred[Any]) -> None:
        if self._waiting.pop(call, None):
            self._send(encode(CANCEL, call))
        elif call in self._repeated:
            self._repeated.pop(call).cancel()

    def _arm(self, deadline: float) -> None:
        delay = max(0.0, min(SWEEP, deadline - self._clock()))
        if self._sweeper:
            self._sweeper.cancel()
        self._sweep_at = self._clock() + delay
        self._sweeper = self._reactor.callLater(delay, self._sweep)

    def _sweep(self) -> None:
        self._sweeper, self._sweep_at = None, FOR_EVER
        now = self._clock()
        nearest = FOR_EVER
        overdue = []
        for call, (_, deadline, *_) in self._waiting.items():
            if deadline <= now:
                overdue.append(call)
            else:
                nearest = min(nearest, deadline)
        if nearest < FOR_EVER:
            self._arm(nearest)
        for call in overdue:
            self._time_out(call)

    def _time_out(self, call: bytes) -> None:
        overdue = self._waiting.pop(call, None)
        if overdue:
            waiting = Waiting(*overdue)
            self._send(encode(CANCEL, call))
            text = f"{waiting.describe()} did not answer within {waiting.terms.timeout:g} seconds"
            waiting.answer.errback(_received(CallTimeout(text)))


def _is_traced(to: str | bytes, method: object) -> bool:
    """Whether there is a span of calls of a method: not of those that are built in, such as ``$describe``."""
    if not isinstance(method, str) or not isinstance(to, str | bytes) or method.startswith("$"):
        return False
    return not is_built_in(to)


def _with_current(terms: Terms) -> tuple[Terms, bytes]:
    """Return the terms of a call, and its context, with what the running method adds to them."""
    context = {**terms.context} if terms.context else {}
    current = running_call()
    timeout = terms.timeout
    if current is not None:
        context.setdefault(INSTANCE, current.answering)
        if TRACEPARENT not in context:
            context |= current.trace
        left = current.time_left
        if left is not None and (timeout is None or left < timeout):
            timeout = left
            terms = terms._replace(timeout=left)
    if timeout is not None and timeout * 1000 < LONGEST:
        context[TIME_LEFT] = int(timeout * 1000)
    return terms, encode_context(context) if context else b""


@lru_cache(maxsize=256)
def _time_alone(timeout: float | None) -> bytes:
    """Return the context of a call about which nothing is told but its time."""
    return b"" if timeout is None or timeout * 1000 >= LONGEST else encode_context({TIME_LEFT: int(timeout * 1000)})


def with_time_left(body: bytes, timeout: float | None) -> bytes:
    """Return the body of a request that is made again, with what is left of its time now."""
    if timeout is None or timeout * 1000 >= LONGEST:
        return body
    args, kwargs, context = decode_request(body)
    return encode_request(args, kwargs, {**context, TIME_LEFT: int(timeout * 1000)})


def _received(error: CallError) -> CallError:
    """Mark what came of a call, so that a method which passes it on is not taken to have meant it."""
    error.received = True
    return error
