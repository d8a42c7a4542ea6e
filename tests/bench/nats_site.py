"""What reports are compared with: ``nats-server``, and programs with its own library on asyncio.

``python -m tests.bench.nats_site ROLE PORT`` runs one process. The flow is that of
`tests.bench.reports_site`, and the content is as small, but each subscription gets
a copy of its own from the server, because that is how NATS does it.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from tests.bench.flow import STEP, Flow
from tests.bench.nats_loop import Loop, Tasks
from tests.bench.tally import Tally

SUBJECT = "feed.nyse.ibm"
PATTERN = "feed.nyse.*"
HEARD = "heard"
CONTENT = b'{"price": 101.25, "size": 300}'


class Hearing:
    """Subscribes, counts what it hears, and tells the publisher."""

    def __init__(self, client: Client, tally: Tally, tasks: Tasks) -> None:
        self._client = client
        self._tally = tally
        self._tasks = tasks
        self._reports = 0
        self._subscriptions: list[Subscription] = []

    def begin(self, amount: int, done: Callable[[], None]) -> None:
        """Subscribe so many times."""
        self._reports = 0
        self._tasks.run(self._subscribe(amount), done)

    def end(self, amount: int, done: Callable[[], None]) -> None:
        """Subscribe no more."""
        self._tasks.run(self._unsubscribe(), done)

    async def _subscribe(self, amount: int) -> None:
        for callback in [self._hear] * (amount - 1) + [self._hear_last]:
            self._subscriptions.append(await self._client.subscribe(PATTERN, cb=callback))
        await self._client.flush()

    async def _unsubscribe(self) -> None:
        for each in self._subscriptions:
            await each.unsubscribe()
        self._subscriptions.clear()
        await self._client.flush()

    async def _hear(self, message: Msg) -> None:
        self._tally.count += 1

    async def _hear_last(self, message: Msg) -> None:
        self._tally.count += 1
        self._reports += 1
        if message.data != CONTENT:
            self._tally.fail(message.data)
        if self._reports % STEP == 0:
            await self._client.publish(HEARD, b"%d %d" % (os.getpid(), self._reports))


async def publisher(client: Client, tally: Tally, tasks: Tasks) -> None:
    """Run the publisher; a step of reports is published in a task of its own."""

    def publish(reports: int) -> None:
        tasks.run(_publish(client, reports))

    flow = Flow(tally, publish)
    tally.begin, tally.end = flow.begin, flow.end

    async def heard(message: Msg) -> None:
        flow.heard(*map(int, message.data.split()))

    await client.subscribe(HEARD, cb=heard)
    await client.flush()


async def _publish(client: Client, reports: int) -> None:
    for _ in range(reports):
        await client.publish(SUBJECT, CONTENT)


async def hearer(client: Client, tally: Tally, tasks: Tasks) -> None:
    """Run one of the processes that subscribe."""
    hearing = Hearing(client, tally, tasks)
    tally.begin, tally.end = hearing.begin, hearing.end


async def main(role: str, port: str) -> None:
    """Run one process until the bench has no more to ask."""
    loop = Loop()
    tally = Tally(loop)
    client = await nats.connect(f"nats://127.0.0.1:{port}")
    await {"publisher": publisher, "hearer": hearer}[role](client, tally, Tasks(tally))
    tally.ready(None)
    await loop.stopped.wait()
    await client.close()


asyncio.run(main(*sys.argv[1:]))
