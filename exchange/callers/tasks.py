"""Coroutines as tasks of asyncio, which may await what asyncio gives, and Deferreds too.

A method of a service in a program on asyncio awaits both kinds: ``asyncio.sleep``, and
the calls that it makes through ``self.exchange``. Neither world takes the other's, so
the driver stands between: a Deferred is waited for by a future in its place.

What would end a program, `SystemExit` and an interrupt of the keyboard, asyncio lets out of
the loop at once, with all that runs on it. Whoever waits for a method is told of it as of
any other failure, so the driver keeps it from the loop.
"""

from __future__ import annotations

import asyncio
import types
from collections.abc import Coroutine, Generator
from typing import Any, TypeVar

from twisted.internet.defer import CancelledError, Deferred
from twisted.python.failure import Failure

T = TypeVar("T")


def run_as_task(coroutine: Coroutine[Any, Any, T]) -> Deferred[T]:
    """Run a coroutine as a task of the running loop; cancelling the Deferred cancels the task."""
    task = asyncio.ensure_future(_drive(coroutine))
    # One that is cancelled before its first step was never awaited, and Python would say so.
    task.add_done_callback(lambda _: coroutine.close())
    ended: Deferred[Any] = Deferred.fromFuture(task)
    return ended.addErrback(_as_cancelled)


async def _drive(coroutine: Coroutine[Any, Any, T]) -> T | Failure:
    try:
        return await _steps(coroutine)
    except (SystemExit, KeyboardInterrupt):
        return Failure()  # as the result of a task, which its Deferred takes for a failure


@types.coroutine
def _steps(coroutine: Coroutine[Any, Any, T]) -> Generator[Any, Any, T]:
    error: BaseException | None = None
    sent: Any = None
    while True:
        try:
            awaited = coroutine.send(sent) if error is None else coroutine.throw(error)
        except StopIteration as stop:
            result: T = stop.value
            return result
        error = sent = None
        try:
            if isinstance(awaited, Deferred):
                yield from _until_fired(awaited)
            else:
                sent = yield awaited
        except BaseException as raised:
            error = raised


def _until_fired(deferred: Deferred[Any]) -> Generator[Any, Any, None]:
    """Wait for a Deferred, and leave its result to whoever awaits it; it is cancelled with the waiting."""
    fired: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def note(result: Any) -> Any:
        if not fired.done():
            fired.set_result(None)
        return result

    deferred.addBoth(note)
    try:
        yield from fired
    except BaseException:
        deferred.cancel()
        deferred.addErrback(lambda _: None)
        raise


def _as_cancelled(failure: Failure) -> Failure:
    """Say in Twisted's word that a task was cancelled."""
    return Failure(CancelledError()) if failure.check(asyncio.CancelledError) else failure
