"""Knowing who is there: asked for in the middle of a program, and answered when the picture is whole."""

from __future__ import annotations

from exchange import Exchange, Presence, Watch
from exchange.callers.waits import wait_for


class Knowing:
    """What an exchange knows of instances anywhere, from the first time that it is asked."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._everyone: Watch | None = None

    async def instances(self, name: str | None, group: str | None, timeout: float | None) -> list[Presence]:
        """Return the instances that are there.

        Raises:
            TimeoutError: The hub did not tell in time.
        """
        if self._everyone is None:
            self._everyone = self._exchange.watch()
        await wait_for(self._everyone.complete, timeout, self._exchange.reactor, "no hub told who is there")
        return self._exchange.instances(name, group)
