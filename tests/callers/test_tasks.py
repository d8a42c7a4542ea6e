"""Coroutines that await what asyncio gives, and Deferreds too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from twisted.internet.defer import CancelledError, Deferred, fail, succeed

from exchange.callers.tasks import run_as_task
from tests.outcomes import Outcome


def on_a_loop(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(story())


async def fired(outcome: Outcome) -> Outcome:
    while outcome.is_open:
        await asyncio.sleep(0)
    return outcome


def test_both_kinds_are_awaited_in_turn() -> None:
    async def method(later: Deferred[int]) -> list[int]:
        await asyncio.sleep(0)
        first = await later
        second: int = await succeed(2)
        return [first, second, await asyncio.wait_for(asyncio.sleep(0, 3), 30)]

    async def story() -> None:
        later: Deferred[int] = Deferred()
        outcome = Outcome(run_as_task(method(later)))
        asyncio.get_running_loop().call_soon(later.callback, 1)
        assert (await fired(outcome)).value == [1, 2, 3]

    on_a_loop(story)


def test_errors_of_both_kinds_can_be_caught_and_those_that_are_not_come_out() -> None:
    async def method() -> None:
        with pytest.raises(KeyError):
            await fail(KeyError("of a Deferred"))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 0.001)
        raise ValueError("its own")

    async def story() -> None:
        outcome = await fired(Outcome(run_as_task(method())))
        assert repr(outcome.error) == "ValueError('its own')"

    on_a_loop(story)


def test_cancelling_cancels_what_is_awaited() -> None:
    async def story() -> None:
        cancelled: list[Any] = []
        later: Deferred[None] = Deferred(cancelled.append)

        async def method() -> None:
            await later

        running = run_as_task(method())
        outcome = Outcome(running)
        await asyncio.sleep(0)
        outcome.cancel()
        assert isinstance((await fired(outcome)).error, CancelledError)
        assert cancelled == [later]

    on_a_loop(story)


def test_a_coroutine_may_clean_up_when_it_is_cancelled() -> None:
    async def story() -> None:
        cleaned = asyncio.Event()

        async def method() -> str:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                await succeed(None)
                await asyncio.sleep(0)
                cleaned.set()
            return "too late"

        outcome = Outcome(run_as_task(method()))
        await asyncio.sleep(0)
        outcome.cancel()
        await cleaned.wait()
        assert (await fired(outcome)).value == "too late"

    on_a_loop(story)


def test_one_that_is_cancelled_before_it_began_never_runs() -> None:
    async def story() -> None:
        begun: list[bool] = []

        async def method() -> None:
            begun.append(True)

        outcome = Outcome(run_as_task(method()))
        outcome.cancel()
        assert isinstance((await fired(outcome)).error, CancelledError)
        assert begun == []

    on_a_loop(story)


def test_a_deferred_that_fires_while_the_task_is_cancelled_is_not_reported_as_forgotten() -> None:
    async def story() -> None:
        later: Deferred[None] = Deferred(lambda waiting: waiting.errback(ValueError("as it ended")))

        async def method() -> None:
            await later

        outcome = Outcome(run_as_task(method()))
        await asyncio.sleep(0)
        outcome.cancel()
        assert isinstance((await fired(outcome)).error, CancelledError)

    on_a_loop(story)


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, GeneratorExit, asyncio.InvalidStateError])
def test_whatever_a_coroutine_raises_is_told_and_the_other_tasks_of_the_loop_go_on(kind: type[BaseException]) -> None:
    async def story() -> None:
        async def other() -> str:
            await asyncio.sleep(0.01)
            return "went on"

        async def method(is_late: bool) -> None:
            if is_late:
                await asyncio.sleep(0)
            raise kind("on purpose")

        going_on = asyncio.create_task(other())
        for is_late in (False, True):
            outcome = await fired(Outcome(run_as_task(method(is_late))))
            assert repr(outcome.error) == f"{kind.__name__}('on purpose')"
        assert await going_on == "went on"

    on_a_loop(story)
