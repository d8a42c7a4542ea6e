"""A wait is for a Deferred that others may wait for too, each as long as it likes."""

from __future__ import annotations

import threading
from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as TimeIsUp

from exchange import ExchangeError

LONGEST_WAIT = threading.TIMEOUT_MAX
"""Seconds."""

T = TypeVar("T")
E = TypeVar("E", bound=BaseException)


async def wait_for(awaited: Deferred[T], timeout: float | None, clock: Any, missing: str) -> T:
    """Return what ``awaited`` fires with, which stays as it is for others.

    Args:
        missing: What has not come when the time is up, for people.

    Raises:
        TimeoutError: It did not fire in ``timeout`` seconds.
        TypeError: ``timeout`` is no number.
        ValueError: It is none that can be waited for.
    """
    check_timeout(timeout)
    ours: Deferred[T] = Deferred()
    awaited.addCallback(_pass_on, ours)
    if timeout is not None:
        ours.addTimeout(timeout, clock)
    try:
        return await ours
    except TimeIsUp:
        raise TimeoutError(f"{missing} in {timeout:g} seconds") from None


def check_timeout(timeout: Any, or_none: str = ", or None") -> None:
    """Make sure that somebody can wait as long as this; ``or_none`` is for people: whether ``None`` may be given.

    Raises:
        TypeError: It is no number.
        ValueError: It is below 0, or none that a clock can count.
    """
    if timeout is None and or_none:
        return
    is_number = isinstance(timeout, int | float)
    if not is_number or not 0 <= timeout <= LONGEST_WAIT:
        kind = ValueError if is_number else TypeError
        rule = f"at least 0 and at most {LONGEST_WAIT:g}{or_none}"
        raise kind(f"timeout must be a number of seconds, {rule}, not {timeout!r:.100}")


def bare(error: E) -> E:
    """Return an error that is ours without its way through the reactor, which tells a caller nothing."""
    if isinstance(error, ExchangeError | TimeoutError):
        error.__traceback__ = None
    return error


def _pass_on(result: T, ours: Deferred[T]) -> T:
    ours.callback(result)
    return result
