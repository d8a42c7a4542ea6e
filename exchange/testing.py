"""Exchanges joined in memory, under one clock: for tests, of ours and of users.

::

    network = Network()
    hub, caller, callee = network.hub(), network.peer(), network.peer()
    callee.add(Math())
    assert network.result(caller.call("math", "multiply", 6, 7)) == 42
    network.cut(callee)
    network.clock.advance(5)
    network.close()

The whole stack runs, down to the bytes; only the transports and the time are not
real. Nothing happens unless the test makes it happen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import Any

from twisted.internet.base import DelayedCall
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.error import ConnectionLost
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from exchange import Exchange, Hub, back_off
from exchange.memory import MemoryTransport, Moves, Place, WayTo

STEP = 0.25
"""Seconds after which it is looked whether an exchange has stopped."""

MOST_ROUNDS = 100_000

LONGEST_STOP = 60
"""Seconds in which an exchange must have stopped, however late all arrives."""


class NetworkClock(Clock):
    """A clock that goes from one time at which something is due to the next, and lets the network settle at each."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self._network = network

    def advance(self, amount: float) -> None:
        """Let ``amount`` seconds pass; what is due meanwhile happens at its time."""
        self._network.settle()
        end = self.rightNow + amount
        while self.rightNow < end:
            self.rightNow = min([end, *(call.getTime() for call in self.calls)])
            self._network.settle()

    def getThreadPool(self) -> NetworkClock:
        """Return what runs the methods that block: no thread, so that a test goes the same way every time."""
        return self

    def callInThread(self, work: Callable[..., Any], *args: Any) -> None:
        """Run ``work`` when the network settles."""
        self.callLater(0, work, *args)

    def callFromThread(self, work: Callable[..., Any], *args: Any) -> None:
        """Run ``work`` when the network settles."""
        self.callLater(0, work, *args)

    def run_due(self) -> bool:
        """Run the first of what is due now; return whether anything was."""
        call = min(self.calls, key=DelayedCall.getTime, default=None)
        if call is None or call.getTime() > self.seconds():
            return False
        self.calls.remove(call)
        call.called = 1
        call.func(*call.args, **call.kw)
        return True


class Network:
    """Exchanges joined in memory.

    Args:
        seed: Makes identities; the same seed gives the same ones.

    Attributes:
        clock: The time of all of them; let it pass by ``clock.advance(seconds)``.
    """

    def __init__(self, seed: int = 0) -> None:
        self.clock = NetworkClock(self)
        self._random = Random(seed)
        self._places: dict[Exchange, Place] = {}
        self._moves = Moves(self.clock)

    def hub(self, name: str = "", join: Iterable[Hub] = (), **settings: Any) -> Hub:
        """Return a new hub that runs and listens, and joins the hubs ``join``; ``settings`` are those of `Hub`."""
        hub = Hub(self.clock, name, entropy=self._random.randbytes, **settings)
        self._places[hub] = place = Place(self._moves)
        hub.listen(place)
        hub.startService()
        for other in join:
            self.join(hub, other)
        return hub

    def join(self, hub: Hub, other: Hub) -> None:
        """Let a hub join another: dial it, and keep the link."""
        way = WayTo(self._places[hub], self._places[other])
        hub.join(way, retry=back_off(chance=lambda: 0.0))
        self.settle()

    def peer(self, *hubs: Hub, **settings: Any) -> Exchange:
        """Return a new peer that runs and dials ``hubs``, in turn; the first hub of the network if none is given."""
        peer = Exchange(self.clock, entropy=self._random.randbytes, **settings)
        self._places[peer] = place = Place(self._moves)
        known = [hub for hub in self._places if isinstance(hub, Hub)]
        ways = [WayTo(place, self._places[hub]) for hub in hubs or known[:1]]
        if ways:
            peer.connect(*ways, retry=back_off(chance=lambda: 0.0))
        peer.startService()
        self.settle()
        return peer

    def settle(self) -> None:
        """Let everything happen that is due, in the order in which it was begun, until nothing moves."""
        for _ in range(MOST_ROUNDS):
            if self._moves:
                self._moves.popleft().move()
            elif not self.clock.run_due():
                return
        raise AssertionError("the network does not come to rest")

    def cut(self, exchange: Exchange) -> None:
        """End all connections of an exchange, noticed at both ends, and let it make none until `restore`."""
        place = self._places[exchange]
        place.is_cut = True
        for transport in self._living(place):
            transport.lose(ConnectionLost())
        self.settle()

    def freeze(self, exchange: Exchange) -> None:
        """Let all that passes over the connections of an exchange vanish from now on, noticed by nobody."""
        place = self._places[exchange]
        place.is_cut = True
        for transport in self._living(place):
            transport.frozen = transport.far.frozen = True

    def stall(self, exchange: Exchange) -> None:
        """Let an exchange read nothing from the connections that it has; what is sent to it waits."""
        for transport in self._living(self._places[exchange]):
            transport.reading = False

    def delay(self, exchange: Exchange, seconds: float) -> None:
        """Let all that passes over the connections of an exchange arrive that much later, in order; 0 ends it.

        It holds for the connections that there are and for later ones, in both directions;
        between two exchanges that are both delayed, the delays add up. Time passes only by
        ``clock.advance``.
        """
        self._places[exchange].delay = seconds

    def restore(self, exchange: Exchange) -> None:
        """Let an exchange read and make connections again; those that were frozen stay so."""
        place = self._places[exchange]
        place.is_cut = False
        for transport in self._living(place):
            transport.read_again()

    def _living(self, place: Place) -> list[MemoryTransport]:
        place.transports = [transport for transport in place.transports if transport.protocol is not None]
        return list(place.transports)

    def stop(self, exchange: Exchange) -> None:
        """Stop an exchange in good order, and wait until it did."""
        stopped = maybeDeferred(exchange.stopService)
        self.settle()
        for _ in range(int(LONGEST_STOP / STEP)):
            if stopped.called:
                break
            self.clock.advance(STEP)
        self.result(stopped)

    def result(self, deferred: Deferred[Any]) -> Any:
        """Settle, and return what a Deferred has, or raise what it failed with.

        Raises:
            AssertionError: It has not fired.
        """
        self.settle()
        outcome: list[Any] = []

        def look(result: Any) -> Any:
            outcome.append(result)
            return result

        deferred.addBoth(look)
        if not outcome:
            raise AssertionError("the Deferred has not fired")
        if isinstance(outcome[0], Failure):
            deferred.addErrback(lambda failure: None)
            outcome[0].raiseException()
        return outcome[0]

    def close(self) -> None:
        """Stop everything, and make sure that nothing is left: no call, no link, no timer.

        Raises:
            AssertionError: Something is.
        """
        for exchange in sorted(self._places, key=lambda exchange: exchange.is_hub):
            if exchange.running:
                self.stop(exchange)
        for exchange in self._places:
            left = exchange.outstanding()
            assert not any(left), f"{exchange.title} has not finished: {left}"
        assert not self.clock.getDelayedCalls(), f"timers are left: {self.clock.getDelayedCalls()}"
