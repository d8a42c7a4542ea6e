"""Calls to all instances of a name together: one result or error for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from twisted.internet.defer import Deferred, FirstError, TimeoutError, gatherResults
from twisted.python.failure import Failure

from exchange.errors import CallError
from exchange.services.watch import Watch
from exchange.wire.identities import Id


class Outcome(NamedTuple):
    """What came of a call to one of several instances: a value, or an error."""

    value: Any = None
    error: CallError | None = None


async def call_each(
    watch: Watch, make: Callable[[Id], Deferred[Any]], patience: float, clock: Any
) -> dict[Id, Outcome]:
    """Call every instance that ``watch`` shows, once its picture is whole or ``patience`` seconds are over.

    Returns when each has answered or failed; to cancel it cancels all.
    """
    try:
        await watch.complete.addTimeout(patience, clock)
    except TimeoutError:
        pass
    finally:
        instances = [presence.id for presence in watch.instances]
        watch.cancel()
    calls = [make(thing).addCallbacks(_value, _error) for thing in instances]
    try:
        outcomes = await gatherResults(calls, consumeErrors=True)
    except FirstError as first:
        first.subFailure.raiseException()  # we were cancelled: a call that fails is an outcome
    return dict(zip(instances, outcomes, strict=True))


def _value(value: Any) -> Outcome:
    return Outcome(value=value)


def _error(failure: Failure) -> Outcome:
    failure.trap(CallError)
    error = failure.value
    assert isinstance(error, CallError)
    return Outcome(error=error)
