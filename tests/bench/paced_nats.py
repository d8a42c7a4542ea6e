"""What paced reports are compared with: the same over a ``nats-server``, by its own library on asyncio.

``python -m tests.bench.paced_nats ROLE PORT`` runs one process.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg

from tests.bench.nats_loop import Loop, Tasks
from tests.bench.stopwatch import Stopwatch

SUBJECT, PATTERN = "feed.nyse.ibm", "feed.nyse.*"


async def publisher(client: Client, stopwatch: Stopwatch, tasks: Tasks) -> None:
    """Run the publisher."""

    def begin(amount: int, done: Callable[[], None]) -> None:
        tasks.run(_publish(client, stopwatch, 1 / amount))
        done()

    stopwatch.begin = begin


async def _publish(client: Client, stopwatch: Stopwatch, apart: float) -> None:
    due = time.perf_counter()
    while stopwatch.running:
        stopwatch.count += 1
        await client.publish(SUBJECT, b"101.25 %r" % time.perf_counter())
        due = max(due + apart, time.perf_counter() - apart)
        await asyncio.sleep(due - time.perf_counter())


async def hearer(client: Client, stopwatch: Stopwatch, tasks: Tasks) -> None:
    """Run one of the processes that subscribe."""

    async def hear(message: Msg) -> None:
        stopwatch.took.append(time.perf_counter() - float(message.data.split()[1]))

    async def subscribe(amount: int) -> None:
        for _ in range(amount):
            await client.subscribe(PATTERN, cb=hear)
        await client.flush()

    stopwatch.begin = lambda amount, done: tasks.run(subscribe(amount), done)


async def main(role: str, port: str) -> None:
    """Run one process until the bench has no more to ask."""
    loop = Loop()
    stopwatch = Stopwatch(loop)
    client = await nats.connect(f"nats://127.0.0.1:{port}")
    await {"publisher": publisher, "hearer": hearer}[role](client, stopwatch, Tasks(stopwatch))
    stopwatch.ready(None)
    await loop.stopped.wait()
    await client.close()


asyncio.run(main(*sys.argv[1:]))
