"""Calls made here, and waiting for an answer.

There is no timer per call. One clock looks at all that wait, four times a second,
and sooner if the nearest deadline is sooner than that.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from twisted.internet.defer import Deferred, fail
from twisted.internet.interfaces import IDelayedCall

from exchange.errors import BadArguments, CallError, CallTimeout, LocalProtocolError, UnsuitableValue
from exchange.wire.failures import error_of
from exchange.wire.frames import Frame, body_of, encode
from exchange.wire.identities import LARGEST_NUMBER, Identity, readable
from exchange.wire.layouts import Kind
from exchange.wire.values import decode_value, encode_request

SWEEP = 0.25
FOR_EVER = float("inf")


class Waiting(NamedTuple):
    """A call that has no answer yet."""

    answer: Deferred[Any]
    deadline: float
    timeout: float | None
    to: str | bytes
    method: str


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
            frame = encode(Kind.REQUEST, call, (to, method, None), encode_request(args, kwargs))
        except UnsuitableValue as error:
            return fail(_received(error))
        except (LocalProtocolError, TypeError) as error:
            return fail(_received(BadArguments(f"no call can be made: {error}", delivered=False)))
        answer: Deferred[Any] = Deferred(partial(self._give_up, call))
        deadline = FOR_EVER if timeout is None else self._reactor.seconds() + timeout
        self._waiting[call] = Waiting(answer, deadline, timeout, to, method)
        if deadline < self._sweep_at:
            self._arm(deadline)
        self._send(frame)
        return answer

    def answer(self, frame: Frame) -> None:
        """Hand a REPLY or FAILURE to whoever waits for it."""
        waiting = self._waiting.pop(frame[1], None)
        if waiting is None:
            return
        if frame[0] == Kind.FAILURE:
            waiting.answer.errback(error_of(frame))
            return
        try:
            result = decode_value(body_of(frame[3]), UnsuitableValue.CANNOT_DECODE_REPLY)
        except UnsuitableValue as error:
            error.delivered = True
            waiting.answer.errback(_received(error))
        else:
            waiting.answer.callback(result)

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
            self._send(encode(Kind.CANCEL, call))

    def _arm(self, deadline: float) -> None:
        delay = max(0.0, min(SWEEP, deadline - self._reactor.seconds()))
        if self._sweeper and deadline >= self._sweep_at:
            return
        if self._sweeper:
            self._sweeper.cancel()
        self._sweep_at = self._reactor.seconds() + delay
        self._sweeper = self._reactor.callLater(delay, self._sweep)

    def _sweep(self) -> None:
        self._sweeper, self._sweep_at = None, FOR_EVER
        now = self._reactor.seconds()
        nearest = FOR_EVER
        overdue = []
        for call, waiting in self._waiting.items():
            if waiting.deadline <= now:
                overdue.append(call)
            else:
                nearest = min(nearest, waiting.deadline)
        if nearest < FOR_EVER:
            self._arm(nearest)
        for call in overdue:
            self._time_out(call)

    def _time_out(self, call: bytes) -> None:
        waiting = self._waiting.pop(call, None)
        if waiting:
            self._send(encode(Kind.CANCEL, call))
            to = waiting.to if isinstance(waiting.to, str) else readable(waiting.to)
            text = f"'{waiting.method}' of '{to}' did not answer within {waiting.timeout:g} seconds"
            waiting.answer.errback(_received(CallTimeout(text)))


def _received(error: CallError) -> CallError:
    """Mark what came of a call, so that a method which passes it on is not taken to have meant it."""
    error.received = True
    return error
