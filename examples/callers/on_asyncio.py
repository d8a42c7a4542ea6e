"""A program on asyncio that calls, offers a service and watches: python on_asyncio.py [HUB]."""

import asyncio
import sys

import exchange.aio
from exchange import Service, method


class Slow(Service):
    """Takes its time, as asyncio programs do."""

    name = "slow"

    @method
    async def multiply(self, x: float, y: float) -> float:
        """Return the product of two numbers, as the service math has it."""
        await asyncio.sleep(0.01)  # of asyncio
        product: float = await self.exchange.call("math", "multiply", x, y)  # a Deferred
        return product


async def main(hub: str) -> None:
    async with exchange.aio.connect(hub) as x:
        math = x.service("math", wait=5)
        print(await math.multiply(6, 7))
        print(await asyncio.gather(*(math.multiply(n, n) for n in range(5))))
        async with x.watch(name="slow") as watch:
            x.add(Slow())
            async for change in watch:
                print(change.kind, change.instance.name)
                break
        async with asyncio.timeout(10):
            print(await x.service("slow").multiply(6, 7))


asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "localhost:11111"))
