"""What Deferreds fire with lands in tasks."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from twisted.internet.defer import Deferred, succeed

from exchange import CallTimeout
from exchange.callers.landing import Landing


class Source:
    """Counts how often it was cancelled."""

    cancelled = 0

    def cancel(self) -> None:
        self.cancelled += 1


def test_results_and_errors_land_and_cancelling_goes_down() -> None:
    async def story() -> None:
        landing = Landing(asyncio.get_running_loop())
        assert await landing.run(lambda: succeed(42)) == 42

        late: Deferred[None] = Deferred()
        asyncio.get_running_loop().call_soon(late.errback, CallTimeout("too late"))
        with pytest.raises(CallTimeout):
            await landing.run(lambda: late)

        cancelled: list[Any] = []
        never: Deferred[None] = Deferred(cancelled.append)
        waiting = asyncio.create_task(landing.run(lambda: never))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert waiting.cancelled()
        await asyncio.sleep(0)
        assert cancelled == [never]

    asyncio.run(story())


def test_whoever_waits_at_the_end_is_told_and_nothing_lands_any_more() -> None:
    async def story() -> None:
        landing = Landing(asyncio.get_running_loop())
        never: Deferred[None] = Deferred()
        waiting = asyncio.create_task(landing.run(lambda: never))
        await asyncio.sleep(0)
        landing.end()
        with pytest.raises(RuntimeError, match="this exchange is closed; connect again"):
            await waiting
        with pytest.raises(RuntimeError, match="this exchange is closed; connect again"):
            await landing.run(lambda: succeed(None))

    asyncio.run(story())


def test_it_belongs_to_one_loop() -> None:
    async def make() -> Landing:
        return Landing(asyncio.get_running_loop())

    async def use(landing: Landing) -> None:
        with pytest.raises(RuntimeError, match="connected on another event loop"):
            landing.check()

    landing = asyncio.run(make())
    asyncio.run(use(landing))


def test_a_source_is_cancelled_while_its_loop_can() -> None:
    source = Source()

    async def story() -> Landing:
        landing = Landing(asyncio.get_running_loop())
        landing.cancel(source)
        await asyncio.sleep(0)
        return landing

    asyncio.run(story()).cancel(source)
    assert source.cancelled == 1
