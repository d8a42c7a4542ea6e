"""A front and a back end in two exchange groups, joined by a bridge, and a service to be seen there."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import CancelledError, Deferred

from exchange import Bridge, Exchange, Hub, Presence, Service, Watch, current_call, method
from exchange.testing import Network

FRONT, BACK = "", "database"


class Log(Service):
    """A service with a method for each thing that crosses a bridge.

    Attributes:
        calls: The arguments of the calls that began.
    """

    name = "log"
    groups = ["web-services"]

    def __init__(self, name: str = "log", audience: str = "*") -> None:
        super().__init__()
        self.name = name
        self.audience = audience
        self.calls: list[Any] = []

    @method
    def add(self, line: Any) -> int:
        """Note a line, and return how many there are."""
        self.calls.append(line)
        return len(self.calls)

    @method
    def fail(self) -> None:
        """Raise."""
        raise KeyError("no such line")

    @method
    def time_left(self) -> float | None:
        """Return the time that is left of the call."""
        return current_call().time_left

    @method
    async def sleep(self, seconds: float) -> str:
        """Return after a while."""
        slept: Deferred[None] = Deferred()
        self.call_later(seconds, slept.callback, None)
        await slept
        return "slept"

    @method
    async def wait(self) -> None:
        """Never return; note whether it was cancelled."""
        self.calls.append("begun")
        try:
            await Deferred()
        except CancelledError:
            self.calls.append("cancelled")
            raise


class Watcher:
    """What one exchange sees.

    Attributes:
        told: What became of each service, by name, in order.
    """

    def __init__(self, *exchanges: Exchange) -> None:
        self.told: list[tuple[str, str, str]] = []
        self._watches: list[Watch] = [each.watch(changed=self._changed) for each in exchanges]

    def _changed(self, change: Any) -> None:
        self.told.append((change.kind, change.instance.name, change.reason))

    def seen(self) -> list[Presence]:
        """Return the instances that are seen now."""
        return [presence for watch in self._watches for presence in watch.instances]

    def names(self) -> set[str]:
        """Return the names of the services that are seen now."""
        return {presence.name for presence in self.seen()}

    def paths(self) -> list[tuple[str, ...]]:
        """Return the paths that those which are seen have come."""
        return [presence.path for presence in self.seen()]


class Site:
    """Two groups and a bridge.

    Attributes:
        front, back: The hubs.
        web, database: A peer of each.
        inner, outer: The exchanges of the process in both groups.
    """

    def __init__(self, network: Network, front: str = FRONT, back: str = BACK) -> None:
        self.network = network
        self.front: Hub = network.hub("front", group=front)
        self.back: Hub = network.hub("back", group=back)
        self.web = network.peer(self.front, group=front)
        self.database = network.peer(self.back, group=back)
        self.inner = network.peer(self.back, group=back)
        self.outer = network.peer(self.front, group=front)
        self.bridge = Bridge(self.inner, self.outer)
        network.settle()

    def another_bridge(self) -> tuple[Exchange, Exchange]:
        """Return the exchanges of another process that joins the two groups."""
        inner = self.network.peer(self.back, group=self.back.group)
        outer = self.network.peer(self.front, group=self.front.group)
        Bridge(inner, outer)
        self.network.settle()
        return inner, outer
