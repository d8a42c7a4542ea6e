"""What was told and is not read yet."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from exchange.callers.inbox import LoopInbox, Over, ThreadInbox


class Numbers:
    """The simplest queue."""

    def __init__(self) -> None:
        self._numbers: list[int] = []

    def put(self, number: int) -> None:
        self._numbers.append(number)

    def pop(self) -> int:
        return self._numbers.pop(0)

    def clear(self) -> None:
        self._numbers.clear()

    def __len__(self) -> int:
        return len(self._numbers)


def test_threads_wait_for_what_comes_and_each_gets_something_else() -> None:
    inbox = ThreadInbox(Numbers())
    with ThreadPoolExecutor(4) as pool:
        reads = [pool.submit(inbox.get) for _ in range(4)]
        for number in range(5):
            inbox.put(number)
        assert sorted(read.result() for read in reads) == [0, 1, 2, 3]
    assert inbox.get() == 4


def test_a_thread_waits_as_long_as_it_likes() -> None:
    with pytest.raises(TimeoutError, match=r"nothing came in 0\.01 seconds"):
        ThreadInbox(Numbers()).get(0.01)


def test_threads_that_wait_are_told_of_the_end_and_what_was_not_read_is_gone() -> None:
    inbox = ThreadInbox(Numbers())
    with ThreadPoolExecutor(2) as pool:
        reads = [pool.submit(inbox.get) for _ in range(2)]
        inbox.end()
        assert [type(read.exception()) for read in reads] == [Over, Over]
    inbox.put(1)
    with pytest.raises(Over):
        inbox.get()


def test_tasks_wait_for_what_comes_and_each_gets_something_else() -> None:
    async def story() -> None:
        inbox = LoopInbox(Numbers())
        reads = [asyncio.create_task(inbox.get()) for _ in range(3)]
        await asyncio.sleep(0)
        inbox.put(0)
        inbox.put(1)
        done, pending = await asyncio.wait(reads, return_when=asyncio.FIRST_COMPLETED)
        inbox.put(2)
        assert sorted(await asyncio.gather(*done, *pending)) == [0, 1, 2]

    asyncio.run(story())


def test_a_task_that_is_cancelled_takes_nothing_with_it() -> None:
    async def story() -> None:
        inbox = LoopInbox(Numbers())
        read = asyncio.create_task(inbox.get())
        await asyncio.sleep(0)
        inbox.put(1)
        read.cancel()
        await asyncio.wait([read])
        assert await inbox.get() == 1

    asyncio.run(story())


def test_tasks_that_wait_are_told_of_the_end_and_what_was_not_read_is_gone() -> None:
    async def story() -> None:
        inbox = LoopInbox(Numbers())
        reads = [asyncio.create_task(inbox.get()) for _ in range(2)]
        await asyncio.sleep(0)
        inbox.end()
        outcomes = await asyncio.gather(*reads, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [Over, Over]
        inbox.put(1)
        with pytest.raises(Over):
            await inbox.get()

    asyncio.run(story())
