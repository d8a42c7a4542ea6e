"""A wait is for a Deferred that others may wait for too, each as long as it likes."""

from __future__ import annotations

from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as TimeIsUp

from exchange import ExchangeError

T = TypeVar("T")
E = TypeVar("E", bound=BaseException)


async def wait_for(awaited: Deferred[T], timeout: float | None, clock: Any, missing: str) -> T:
    """Return what ``awaited`` fires with, which stays as it is for others.

    Args:
        missing: What has not come when the time is up, for people.

    Raises:
        TimeoutError: It did not fire in ``timeout`` seconds.
    """
    ours: Deferred[T] = Deferred()
    awaited.addCallback(_pass_on, ours)
    if timeout is not None:
        ours.addTimeout(timeout, clock)
    try:
        return await ours
    except TimeIsUp:
        raise TimeoutError(f"{missing} in {timeout:g} seconds") from None


def bare(error: E) -> E:
    """Return an error that is ours without its way through the reactor, which tells a caller nothing."""
    if isinstance(error, ExchangeError | TimeoutError):
        error.__traceback__ = None
    return error


def _pass_on(result: T, ours: Deferred[T]) -> T:
    ours.callback(result)
    return result
