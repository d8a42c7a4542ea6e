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

from collections import deque
from random import Random
from typing import Any

from twisted.internet.address import UNIXAddress
from twisted.internet.base import DelayedCall
from twisted.internet.defer import Deferred, fail, maybeDeferred, succeed
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost, ConnectionRefusedError
from twisted.internet.interfaces import (
    IConsumer,
    IListeningPort,
    IProducer,
    IProtocol,
    IProtocolFactory,
    IStreamClientEndpoint,
    IStreamServerEndpoint,
    ITransport,
)
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from zope.interface import implementer

from exchange import Exchange, Hub, back_off

LARGEST_READ = 65_536
STEP = 0.25
"""Longest step of the clock, in seconds: all that is due in between happens in its order."""

MOST_ROUNDS = 100_000


class NetworkClock(Clock):
    """A clock that lets the network settle after every step."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self._network = network

    def advance(self, amount: float) -> None:
        """Let ``amount`` seconds pass, in small steps."""
        self._network.settle()
        left = amount
        while left > 0:
            self.rightNow += min(STEP, left)
            left -= STEP
            self._network.settle()

    def run_due(self) -> bool:
        """Run the first of what is due now; return whether anything was."""
        call = min(self.calls, key=DelayedCall.getTime, default=None)
        if call is None or call.getTime() > self.seconds():
            return False
        self.calls.remove(call)
        call.called = 1
        call.func(*call.args, **call.kw)
        return True


@implementer(ITransport, IConsumer)
class MemoryTransport:
    """One end of a connection in memory.

    Args:
        moves: Takes this transport once for each thing that it has to do.
    """

    def __init__(self, moves: deque[MemoryTransport]) -> None:
        self.far: MemoryTransport = self
        self.protocol: Any = None
        self.disconnecting = False
        self.frozen = False
        self.reading = True
        self._moves = moves
        self._out: deque[bytes] = deque()
        self._size = 0
        self._producer: Any = None
        self._paused = False
        self._lost: Exception = ConnectionDone()

    # ITransport and IConsumer, in Twisted's names

    def write(self, data: bytes) -> None:
        """Queue bytes for the far end."""
        if self.protocol is None or self.disconnecting:
            return
        for start in range(0, len(data), LARGEST_READ):
            self._out.append(data[start : start + LARGEST_READ])
            self._moves.append(self)
        self._size += len(data)
        if self._producer and not self._paused and self._size > LARGEST_READ:
            self._paused = True
            self._producer.pauseProducing()

    def writeSequence(self, data: Any) -> None:
        """Queue bytes for the far end."""
        self.write(b"".join(data))

    def loseConnection(self) -> None:
        """Close when all is delivered."""
        self.disconnecting = True
        self._moves.append(self)

    def abortConnection(self) -> None:
        """Close now."""
        self._out.clear()
        self._lost = ConnectionAborted()
        self.loseConnection()

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        """Pause ``producer`` when too much is queued."""
        self._producer = producer

    def unregisterProducer(self) -> None:
        """Pause nobody."""
        self._producer = None

    def getPeer(self) -> UNIXAddress:
        """Return the address of the far end."""
        return UNIXAddress(None)

    def getHost(self) -> UNIXAddress:
        """Return our address."""
        return UNIXAddress(None)

    # The network's

    def move(self) -> None:
        """Give the far end what was queued first, or close if nothing is left."""
        if self.protocol is None:
            return
        if self._out and not self.far.reading:
            return
        if self._out:
            data = self._out.popleft()
            self._size -= len(data)
            if not self.frozen and self.far.protocol is not None:
                self.far.protocol.dataReceived(data)
        elif self.disconnecting:
            self.lose(self._lost)
        if self._paused and not self._out and self.protocol is not None:
            self._paused = False
            self._producer.resumeProducing()

    def read_again(self) -> None:
        """Let what waits for our end come."""
        self.reading = True
        self._moves.extend([self.far] * (len(self.far._out) + self.far.disconnecting))

    def lose(self, reason: Exception) -> None:
        """Tell our end, and the far one unless it cannot be told, that the connection is gone."""
        protocol, self.protocol = self.protocol, None
        if protocol is None:
            return
        protocol.connectionLost(Failure(reason))
        if not self.frozen:
            self.far.lose(ConnectionLost() if isinstance(reason, ConnectionAborted) else reason)


@implementer(IListeningPort, IStreamServerEndpoint)
class Place:
    """Where one exchange is: what it listens with, and the connections it has."""

    def __init__(self, moves: deque[MemoryTransport]) -> None:
        self.moves = moves
        self.is_cut = False
        self.factory: Any = None
        self.transports: list[MemoryTransport] = []

    def listen(self, protocolFactory: IProtocolFactory) -> Deferred[IListeningPort]:
        """Accept connections."""
        self.factory = protocolFactory
        return succeed(self)

    def startListening(self) -> None:
        """A place listens from `listen` on."""

    def stopListening(self) -> Deferred[None]:
        """Accept no more."""
        self.factory = None
        return succeed(None)

    def getHost(self) -> UNIXAddress:
        """Return the address, which means nothing."""
        return UNIXAddress(None)


@implementer(IStreamClientEndpoint)
class WayTo:
    """The way from one place to another."""

    def __init__(self, here: Place, there: Place) -> None:
        self._here = here
        self._there = there

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """Connect, unless one of the two places is cut off or the other does not listen."""
        here, there = self._here, self._there
        accepting = there.factory and not here.is_cut and not there.is_cut and there.factory.buildProtocol(None)
        dialling = accepting and protocolFactory.buildProtocol(UNIXAddress(None))
        if not accepting or not dialling:
            return fail(ConnectionRefusedError())
        near, far = MemoryTransport(here.moves), MemoryTransport(here.moves)
        for transport, other, protocol, place in ((near, far, dialling, here), (far, near, accepting, there)):
            transport.far, transport.protocol = other, protocol
            place.transports.append(transport)
        accepting.makeConnection(far)
        dialling.makeConnection(near)
        return succeed(dialling)


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
        self._moves: deque[MemoryTransport] = deque()

    def hub(self, name: str = "", **settings: Any) -> Hub:
        """Return a new hub that runs and listens; ``settings`` are those of `exchange.Hub`."""
        hub = Hub(self.clock, name, entropy=self._random.randbytes, **settings)
        self._places[hub] = place = Place(self._moves)
        hub.listen(place)
        hub.startService()
        return hub

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
        for _ in range(int(10 / STEP)):
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
