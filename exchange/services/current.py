"""The current call: what a method may know of the call that it answers.

It is known while the method runs, and in a coroutine after each ``await`` too. It
does not follow callbacks that are added to a Deferred: keep it in a variable there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any

from exchange.services.trace_context import TRACEPARENT, TRACESTATE, trace_in
from exchange.wire.frames import Frame
from exchange.wire.identities import ID_SIZE, Id, Identity, maker_of
from exchange.wire.telling import shown
from exchange.wire.values import Request

TIME_LEFT = "time-left"
USER = "user"
PROPERTIES = "properties"
INSTANCE = "instance"
"""Keys of the context in the body of a request."""

LONGEST = 1 << 63
"""Milliseconds."""

Fitted = tuple[Sequence[Any], dict[str, Any]]
"""Positional and keyword arguments."""


def said_of(user: Any, properties: Any) -> dict[str, Any]:
    """Return the context that says for whom a call is made.

    Raises:
        TypeError: The user is no text, or the properties are no dict of texts: the method would see nothing of them.
    """
    if user is not None and not isinstance(user, str):
        raise TypeError(f"user must be text, or None, not {shown(user)}")
    if properties is not None and (not isinstance(properties, dict) or len(_texts(properties)) < len(properties)):
        raise TypeError(f"properties must be a dict of texts by texts, or None, not {shown(properties)}")
    return {name: value for name, value in ((USER, user), (PROPERTIES, properties)) if value}


def _texts(properties: dict[Any, Any]) -> dict[str, str]:
    return {name: value for name, value in properties.items() if isinstance(name, str) and isinstance(value, str)}


Begun = tuple[Frame, Request, Fitted, Callable[[], float], float]
"""A call as the invoker has it: its frame, what that holds, the arguments as they are given to the
method, the clock, and when by that it came."""


class CurrentCall:
    """The call that a method answers."""

    __slots__ = ("_begun", "_frame", "_request")

    def __init__(self, begun: Begun) -> None:
        # Few methods ask, so one is made when it is asked for, and what can be found out later is.
        self._begun = begun
        self._frame, self._request = begun[0], begun[1]

    @property
    def id(self) -> Id:
        """What the call is."""
        return Id(self._frame[1])

    @property
    def answering(self) -> Id:
        """The id of the instance whose method runs."""
        return Id(self._frame[2][0])

    @property
    def method(self) -> str:
        """The name under which the method was called."""
        name: str = self._frame[2][1]
        return name

    @property
    def principal(self) -> str | None:
        """Who the caller's exchange has proved to be, if anybody."""
        principal: str | None = self._frame[2][2]
        return principal

    @property
    def args(self) -> list[Any]:
        """The positional arguments of the call, as they came."""
        return self._request[0]

    @property
    def kwargs(self) -> dict[str, Any]:
        """Its keyword arguments, as they came."""
        return self._request[1]

    @property
    def caller(self) -> Identity:
        """The identity of the exchange that made the call."""
        return maker_of(self.id)

    @property
    def instance(self) -> Id | None:
        """The id of the service whose method made the call, if one did."""
        instance = self._request[2].get(INSTANCE)
        if not isinstance(instance, bytes) or len(instance) != ID_SIZE or maker_of(Id(instance)) != self.caller:
            return None
        return Id(instance)

    @property
    def user(self) -> str | None:
        """Who a gateway says its own user is; believe it as far as you believe the gateway."""
        user = self._request[2].get(USER)
        return user if isinstance(user, str) else None

    @property
    def properties(self) -> dict[str, str]:
        """What else the caller says of the call: ``REMOTE_ADDR``, for example, at a gateway."""
        properties = self._request[2].get(PROPERTIES)
        return _texts(properties) if isinstance(properties, dict) else {}

    @property
    def trace(self) -> dict[str, str]:
        """To which trace the method belongs: its ``traceparent`` and, if there is one, its ``tracestate``."""
        return trace_in(self._request[2])

    @property
    def traceparent(self) -> str | None:
        """The span of which the method is a part, as W3C Trace Context writes it; ``None`` if there is none.

        Where this process traces, it is the method's own; else the one that the caller told.
        """
        return self.trace.get(TRACEPARENT)

    @property
    def tracestate(self) -> str | None:
        """What else systems of tracing have said of this trace, if anything."""
        return self.trace.get(TRACESTATE)

    @property
    def time_left(self) -> float | None:
        """Seconds until the caller gives up, at most; ``None`` if it never does, not below 0."""
        left = self._request[2].get(TIME_LEFT)
        # Whatever came: a number that is none, or too large to be a float, is for ever.
        if isinstance(left, int | float) and 0 <= left <= LONGEST:
            _, _, _, clock, came = self._begun
            return max(0.0, came + left / 1000 - clock())
        return None


CURRENT: ContextVar[Begun | CurrentCall | None] = ContextVar("exchange-current-call", default=None)


def current_call() -> CurrentCall:
    """Return the call that the running method answers.

    Raises:
        LookupError: No method runs here.
    """
    current = running_call()
    if current is None:
        raise LookupError("no method of a service is running here; in callbacks, keep what current_call() returned")
    return current


def running_call() -> CurrentCall | None:
    """Return the call that the running method answers; ``None`` if no method runs here."""
    current = CURRENT.get()
    if isinstance(current, tuple):
        current = CurrentCall(current)
        CURRENT.set(current)  # whoever asks again gets the same
    return current


class outside_calls:
    """Do what a method causes and is not part of its call: tell others of a report, for example."""

    __slots__ = ("_token",)

    def __enter__(self) -> None:
        self._token = CURRENT.set(None)

    def __exit__(self, *_: object) -> None:
        CURRENT.reset(self._token)
