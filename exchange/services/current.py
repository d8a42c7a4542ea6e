"""The current call: what a method may know of the call that it answers.

It is known while the method runs, and in a coroutine after each ``await`` too. It
does not follow callbacks that are added to a Deferred: keep it in a variable there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from exchange.wire.frames import Frame
from exchange.wire.identities import ID_SIZE, Id, Identity, maker_of
from exchange.wire.values import Request

TIME_LEFT = "time-left"
USER = "user"
PROPERTIES = "properties"
INSTANCE = "instance"
"""Keys of the context in the body of a request."""

FOR_EVER = float("inf")
LONGEST = 1 << 63
"""Milliseconds."""


class CurrentCall:
    """The call that a method answers.

    Attributes:
        id: What it is.
        method: The name under which the method was called.
        principal: Who the caller's exchange has proved to be, if anybody.
        answering: The id of the instance whose method runs.
        args: The positional arguments of the call, as they came.
        kwargs: Its keyword arguments, as they came.
        fitted: Those with which the method is called: of a checked method, as its annotations want them.
    """

    __slots__ = ("_clock", "_context", "_until", "answering", "args", "fitted", "id", "kwargs", "method", "principal")

    def __init__(
        self,
        frame: Frame,
        request: Request,
        clock: Callable[[], float],
        fitted: tuple[Sequence[Any], dict[str, Any]],
    ) -> None:
        self.id = Id(frame[1])
        self.answering, self.method, self.principal = frame[2]
        self.args, self.kwargs, context = request
        self.fitted = fitted
        self._context = context
        self._clock = clock
        left = context.get(TIME_LEFT)
        # Whatever came: a number that is none, or too large to be a float, is for ever.
        if isinstance(left, int | float) and 0 <= left <= LONGEST:
            self._until = clock() + left / 1000
        else:
            self._until = FOR_EVER

    @property
    def caller(self) -> Identity:
        """The identity of the exchange that made the call."""
        return maker_of(self.id)

    @property
    def instance(self) -> Id | None:
        """The id of the service whose method made the call, if one did."""
        instance = self._context.get(INSTANCE)
        if not isinstance(instance, bytes) or len(instance) != ID_SIZE or maker_of(Id(instance)) != self.caller:
            return None
        return Id(instance)

    @property
    def user(self) -> str | None:
        """Who a gateway says its own user is; believe it as far as you believe the gateway."""
        user = self._context.get(USER)
        return user if isinstance(user, str) else None

    @property
    def properties(self) -> dict[str, Any]:
        """What else the caller says of the call: ``REMOTE_ADDR``, for example, at a gateway."""
        properties = self._context.get(PROPERTIES)
        return dict(properties) if isinstance(properties, dict) else {}

    @property
    def time_left(self) -> float | None:
        """Seconds until the caller gives up, at most; ``None`` if it never does, not below 0."""
        return None if self._until == FOR_EVER else max(0.0, self._until - self._clock())


CURRENT: ContextVar[CurrentCall | None] = ContextVar("exchange-current-call", default=None)


def current_call() -> CurrentCall:
    """Return the call that the running method answers.

    Raises:
        LookupError: No method runs here.
    """
    current = CURRENT.get()
    if current is None:
        raise LookupError("no method of a service is running here; in callbacks, keep what current_call() returned")
    return current


@contextmanager
def outside_calls() -> Iterator[None]:
    """Do what a method causes and is not part of its call: tell others of a report, for example."""
    token = CURRENT.set(None)
    try:
        yield
    finally:
        CURRENT.reset(token)
