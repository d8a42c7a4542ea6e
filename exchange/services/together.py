"""Calls to all instances of a name together: one result or error for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from twisted.internet.defer import Deferred, DeferredList
from twisted.python.failure import Failure

from exchange.errors import CallError
from exchange.wire.identities import Id


class Outcome(NamedTuple):
    """What came of a call to one of several instances: a value, or an error."""

    value: Any = None
    error: CallError | None = None


def call_each(instances: Iterable[Id], make: Callable[[Id], Deferred[Any]]) -> Deferred[dict[Id, Outcome]]:
    """Call every instance; the Deferred fires when each has answered or failed. Cancelling it cancels all."""
    calls = {thing: make(thing).addCallbacks(_value, _error) for thing in instances}
    together = DeferredList(list(calls.values()))
    return together.addCallback(lambda results: dict(zip(calls, (outcome for _, outcome in results), strict=True)))


def _value(value: Any) -> Outcome:
    return Outcome(value=value)


def _error(failure: Failure) -> Outcome:
    failure.trap(CallError)
    error = failure.value
    assert isinstance(error, CallError)
    return Outcome(error=error)
