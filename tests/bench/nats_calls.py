"""What calls are compared with: requests over a ``nats-server``, by its own library on asyncio.

``python -m tests.bench.nats_calls ROLE PORT`` runs one process. What is sent is as little as
can be, and nothing is encoded: two numbers in text, or bytes as they are.
"""

from __future__ import annotations

import asyncio
import sys
import time

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg

from tests.bench.gauge import Gauge
from tests.bench.nats_loop import Loop, Tasks

MULTIPLY, ECHO = "arithmetic.multiply", "arithmetic.echo"
PATIENCE = 30.0


class Calling:
    """Makes a call for each that was answered."""

    def __init__(self, client: Client, gauge: Gauge) -> None:
        self._client = client
        self._gauge = gauge
        self._tasks = Tasks(gauge)

    def begin(self, size: int, outstanding: int) -> None:
        """Make the first calls."""
        subject, sent = (ECHO, bytes(size)) if size else (MULTIPLY, b"6 7")
        for _ in range(outstanding):
            self._tasks.run(self._call(subject, sent, sent if size else b"42"))

    async def _call(self, subject: str, sent: bytes, expected: bytes) -> None:
        goes_on = True
        while goes_on:
            begun = time.perf_counter()
            answer = await self._client.request(subject, sent, timeout=PATIENCE)
            if answer.data != expected:
                self._gauge.fail(answer.data)
            goes_on = self._gauge.note(begun)


async def callee(client: Client, gauge: Gauge) -> None:
    """Run the side that is called."""

    async def multiply(message: Msg) -> None:
        x, y = map(int, message.data.split())
        await message.respond(b"%d" % (x * y))

    async def echo(message: Msg) -> None:
        await message.respond(message.data)

    await client.subscribe(MULTIPLY, cb=multiply)
    await client.subscribe(ECHO, cb=echo)
    await client.flush()


async def caller(client: Client, gauge: Gauge) -> None:
    """Run the side that calls."""
    gauge.begin = Calling(client, gauge).begin


async def main(role: str, port: str) -> None:
    """Run one process until the bench has no more to ask."""
    loop = Loop()
    gauge = Gauge(loop)
    client = await nats.connect(f"nats://127.0.0.1:{port}")
    await {"callee": callee, "caller": caller}[role](client, gauge)
    gauge.ready(None)
    await loop.stopped.wait()
    await client.close()


asyncio.run(main(*sys.argv[1:]))
