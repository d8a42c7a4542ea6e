"""A whole program that makes one call: ``python -m tests.bench.first_call WAY PORT`` prints what came."""

from __future__ import annotations

import sys


def blocking(port: str) -> None:
    """Make it as a script does."""
    from exchange.blocking import connect

    with connect(f"localhost:{port}") as exchange:
        print(exchange.service("arithmetic").multiply(6, 7), flush=True)


def aio(port: str) -> None:
    """Make it as a program on asyncio does."""
    import asyncio

    import exchange.aio

    async def main() -> None:
        async with exchange.aio.connect(f"localhost:{port}") as here:
            print(await here.service("arithmetic").multiply(6, 7), flush=True)

    asyncio.run(main())


def nats(port: str) -> None:
    """Make it over NATS, on asyncio."""
    import asyncio

    import nats

    async def main() -> None:
        client = await nats.connect(f"nats://localhost:{port}")
        answer = await client.request("arithmetic.multiply", b"6 7", timeout=30)
        print(int(answer.data), flush=True)
        await client.close()

    asyncio.run(main())


if __name__ == "__main__":
    {"blocking": blocking, "aio": aio, "nats": nats}[sys.argv[1]](sys.argv[2])
