"""Calls made here, and waiting for an answer.

There is no timer per call. One clock looks at all that wait, four times a second,
and sooner if the nearest deadline is sooner than that.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred, fail
from twisted.internet.interfaces import IDelayedCall

from exchange.errors import BadArguments, CallError, CallTimeout, LocalProtocolError, UnsuitableValue
from exchange.wire.failures import error_of
from exchange.wire.frames import Frame, body_of, encode
from exchange.wire.identities import LARGEST_NUMBER, Identity, readable
from exchange.wire.layouts import Kind
from exchange.wire.telling import shown, text_of, told
from exchange.wire.values import decode_value, encode_request

SWEEP = 0.25
FOR_EVER = float("inf")


REQUEST, FAILURE, CANCEL = Kind.REQUEST, Kind.FAILURE, Kind.CANCEL

Waiting = tuple[Deferred[Any], float, float | None, str | bytes, str]
"""A call that has no answer yet: its answer, deadline and time-out, whom it is to, and the method."""


class Calls:
    """The calls of one exchange.

    Args:
        send: Takes the REQUEST and CANCEL frames.
    """

    def __init__(self, identity: Identity, send: Callable[[Frame], None], reactor: Any) -> None:
        self._identity = identity
        self._send = send
        self._reactor = reactor
        self._number = 0
        self._waiting: dict[bytes, Waiting] = {}
        self._sweeper: IDelayedCall | None = None
        self._sweep_at = FOR_EVER

    def __len__(self) -> int:
        return len(self._waiting)

    def make(
        self, to: str | bytes, method: str, args: tuple[Any, ...], kwargs: dict[str, Any], timeout: float | None
    ) -> Deferred[Any]:
        """Send a request; the Deferred always fires, with the result or with a `CallError`."""
        call = self._next()
        try:
            frame = encode(REQUEST, call, (to, method, None), encode_request(args, kwargs))
        except UnsuitableValue as error:
            return fail(_received(error))
        except (LocalProtocolError, TypeError) as error:
            text = text_of(error) if isinstance(method, str) else f"a method is named by a text, not by {shown(method)}"
            return fail(_received(BadArguments(f"no call can be made: {text}", delivered=False)))
        answer: Deferred[Any] = Deferred(partial(self._give_up, call))
        deadline = FOR_EVER if timeout is None else self._reactor.seconds() + timeout
        self._waiting[call] = (answer, deadline, timeout, to, method)
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
        waiting = self._waiting.pop(frame[1], None)
        if waiting is None:
            return
        answer = waiting[0]
        if frame[0] == FAILURE:
            answer.errback(error_of(frame))
            return
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

    def _next(self) -> bytes:
        """Return an id that no waiting call has; numbers begin again after four thousand million."""
        while True:
            self._number = self._number + 1 & LARGEST_NUMBER
            call = self._identity + self._number.to_bytes(4, "big")
            if call not in self._waiting:
                return call

    def _give_up(self, call: bytes, answer: Deferred[Any]) -> None:
        if self._waiting.pop(call, None):
            self._send(encode(CANCEL, call))

    def _arm(self, deadline: float) -> None:
        delay = max(0.0, min(SWEEP, deadline - self._reactor.seconds()))
        if self._sweeper:
            self._sweeper.cancel()
        self._sweep_at = self._reactor.seconds() + delay
        self._sweeper = self._reactor.callLater(delay, self._sweep)

    def _sweep(self) -> None:
        self._sweeper, self._sweep_at = None, FOR_EVER
        now = self._reactor.seconds()
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
        waiting = self._waiting.pop(call, None)
        if waiting:
            self._send(encode(CANCEL, call))
            answer, _, timeout, to, method = waiting
            name = to if isinstance(to, str) else readable(to)
            text = f"'{method}' of '{name}' did not answer within {timeout:g} seconds"
            answer.errback(_received(CallTimeout(text)))


def _received(error: CallError) -> CallError:
    """Mark what came of a call, so that a method which passes it on is not taken to have meant it."""
    error.received = True
    return error
