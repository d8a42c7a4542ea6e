"""What calls are compared with: requests over a ``nats-server``, by its own library on asyncio.

``python -m tests.bench.nats_calls ROLE PORT`` runs one process. What is sent is as little as
can be, and nothing is encoded: two numbers in text, or bytes as they are.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg

from tests.bench.gauge import Gauge
from tests.bench.nats_loop import Loop, Tasks

MULTIPLY, ECHO = "arithmetic.multiply", "arithmetic.echo"
PATIENCE = 30.0


class Calling:
    """Makes a call for each that was answered, over the same connection.

    Args:
        address: Where more connections lead to.
    """

    def __init__(self, client: Client, gauge: Gauge, address: str) -> None:
        self._clients = [client]
        self._address = address
        self._gauge = gauge
        self._tasks = Tasks(gauge)

    def begin(self, size: int, outstanding: int) -> None:
        """Make the first calls."""
        subject, sent = (ECHO, bytes(size)) if size else (MULTIPLY, b"6 7")
        for number in range(outstanding):
            client = self._clients[number % len(self._clients)]
            self._tasks.run(self._call(client, subject, sent, sent if size else b"42"))

    def connect(self, connections: int, done: Callable[[], None]) -> None:
        """Hold so many connections from now on."""
        self._tasks.run(self._connect(connections), done)

    async def _connect(self, connections: int) -> None:
        for client in self._clients[connections:]:
            await client.close()
        del self._clients[connections:]
        while len(self._clients) < connections:
            self._clients.append(await nats.connect(self._address))

    async def _call(self, client: Client, subject: str, sent: bytes, expected: bytes) -> None:
        goes_on = True
        while goes_on:
            begun = time.perf_counter()
            answer = await client.request(subject, sent, timeout=PATIENCE)
            if answer.data != expected:
                self._gauge.fail(answer.data)
            goes_on = self._gauge.note(begun)


async def callee(client: Client, gauge: Gauge, address: str) -> None:
    """Run the side that is called."""

    async def multiply(message: Msg) -> None:
        x, y = map(int, message.data.split())
        await message.respond(b"%d" % (x * y))

    async def echo(message: Msg) -> None:
        await message.respond(message.data)

    await client.subscribe(MULTIPLY, cb=multiply)
    await client.subscribe(ECHO, cb=echo)
    await client.flush()


async def caller(client: Client, gauge: Gauge, address: str) -> None:
    """Run the side that calls."""
    calling = Calling(client, gauge, address)
    gauge.begin, gauge.connect = calling.begin, calling.connect


async def main(role: str, port: str) -> None:
    """Run one process until the bench has no more to ask."""
    loop = Loop()
    gauge = Gauge(loop)
    address = f"nats://127.0.0.1:{port}"
    client = await nats.connect(address)
    await {"callee": callee, "caller": caller}[role](client, gauge, address)
    gauge.ready(None)
    await loop.stopped.wait()
    await client.close()


asyncio.run(main(*sys.argv[1:]))
