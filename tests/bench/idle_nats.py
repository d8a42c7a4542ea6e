"""What idle links are compared with: connections to a ``nats-server``, each with one subscription.

``python -m tests.bench.idle_nats holder PORT`` runs the process that has them.
"""

from __future__ import annotations

import asyncio
import sys

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg

from tests.bench.nats_loop import Loop, Tasks
from tests.bench.tally import Tally


async def main(role: str, port: str) -> None:
    """Run it until the bench has no more to ask."""
    loop = Loop()
    tally, clients = Tally(loop), list[Client]()
    tasks = Tasks(tally)

    async def answer(message: Msg) -> None:
        await message.respond(b"running")

    async def connect(amount: int) -> None:
        for number in range(amount):
            client = await nats.connect(f"nats://127.0.0.1:{port}")
            await client.subscribe(f"machine-{number}.state", cb=answer)
            await client.flush()
            clients.append(client)

    tally.begin = lambda amount, done: tasks.run(connect(amount), done)
    tally.ready(None)
    await loop.stopped.wait()
    for client in clients:
        await client.close()


asyncio.run(main(*sys.argv[1:]))
