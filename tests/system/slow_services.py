"""A service for the stories of processes that end in good order: its method takes as long as it is asked to."""

from __future__ import annotations

from typing import Any

from twisted.internet import reactor
from twisted.internet.task import deferLater

from exchange import Service, method


class Slow(Service):
    """Says when it begins, so that a story knows when to end its process."""

    name = "slow"
    groups = ["web-services"]

    @method
    async def work(self, seconds: float) -> str:
        print("works", flush=True)
        clock: Any = reactor
        await deferLater(clock, seconds)
        return "done"
