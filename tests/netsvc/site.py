"""Several processes of netsvc in one test: each with a reactor in memory, all under one clock, joined at ports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, fail, maybeDeferred
from twisted.internet.error import CannotListenError, ConnectionRefusedError
from twisted.internet.interfaces import IProtocol, IProtocolFactory, IReactorTCP, IStreamClientEndpoint
from twisted.internet.testing import MemoryReactor
from zope.interface import implementer, implementer_only

from exchange.memory import Place, WayTo
from exchange.netsvc.process import Process
from exchange.testing import Network


@implementer_only(IReactorTCP)  # not IReactorCore, of which the time is the system's
class LoopInMemory(MemoryReactor):
    """A reactor that lets time pass while it runs, and fails the test if it would wait for ever."""

    def __init__(self, site: Site) -> None:
        super().__init__()
        self.running = False
        self._site = site
        self._own: list[Any] = []

    def seconds(self) -> float:
        """The time of all processes."""
        return self._site.clock.seconds()

    def callLater(self, delay: float, function: Callable[..., object], *args: Any, **kwargs: Any) -> Any:
        """Call in a later turn."""
        self._own.append(self._site.clock.callLater(delay, function, *args, **kwargs))
        return self._own[-1]

    def callFromThread(self, function: Callable[..., object], *args: Any, **kwargs: Any) -> None:
        """Call in a later turn, whatever runs now."""
        self.callLater(0, function, *args, **kwargs)

    def getDelayedCalls(self) -> list[Any]:
        """What this reactor has to do later."""
        self._own = [call for call in self._own if call.active()]
        return list(self._own)

    def listenTCP(self, port: int, factory: Any, backlog: int = 50, interface: str = "") -> Any:
        """Listen, unless the port is in use."""
        if port in self._site.taken:
            raise CannotListenError(interface, port, OSError(98, "Address already in use"))
        return super().listenTCP(port, factory, backlog, interface)

    def run(self, installSignalHandlers: bool = True) -> None:
        """Run until `stop`."""
        self.running = True
        for function, args, kwargs in self.whenRunningHooks:
            function(*args, **kwargs)
        while True:
            self._site.settle()
            if not self.running:
                break
            due = min(call.getTime() for call in self._site.clock.getDelayedCalls())
            self._site.clock.advance(due - self.seconds())
        for function, args, kwargs in self.triggers["before"]["shutdown"]:
            self._site.finish(maybeDeferred(function, *args, **kwargs))

    def stop(self) -> None:
        """Let `run` return."""
        assert self.running, "the reactor does not run"
        self.running = False


@implementer(IStreamClientEndpoint)
class WayToPort:
    """The way from a process to a port, at which somebody may listen or not."""

    def __init__(self, site: Site, here: Place, port: int) -> None:
        self._site = site
        self._here = here
        self._port = port

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """Connect, if somebody listens."""
        self._site.dialled_at.append(self._site.clock.seconds())
        there = self._site.ports.get(self._port)
        if there is None:
            return fail(ConnectionRefusedError())
        return WayTo(self._here, there).connect(protocolFactory)


class Site(Network):
    """Processes that listen at ports and dial them.

    Attributes:
        ports: Where they listen.
        taken: Ports that are in use already.
        dialled_at: When it was dialled.
    """

    def __init__(self) -> None:
        super().__init__()
        self.ports: dict[int, Place] = {}
        self.taken: set[int] = set()
        self.dialled_at: list[float] = []
        self._processes: dict[Process, Place] = {}

    def process(self) -> Process:
        """Return a new process."""
        place = Place(self._moves)

        def listened(port: int, interface: str) -> Place:
            if port in self.taken:
                raise CannotListenError(interface, port, OSError(98, "Address already in use"))
            self.ports[port] = place
            return place

        def dialled(host: str, port: int) -> WayToPort:
            return WayToPort(self, place, port)

        process = Process(LoopInMemory(self), dialled, listened)
        self._processes[process] = place
        return process

    def cut_off(self, process: Process) -> None:
        """End all connections of a process; it makes no other."""
        place = self._processes[process]
        place.is_cut = True
        for transport in self._living(place):
            transport.lose(ConnectionRefusedError())
        self.settle()

    def let_in(self, process: Process) -> None:
        """Let a process make connections again."""
        self._processes[process].is_cut = False

    def finish(self, deferred: Deferred[Any]) -> None:
        """Let time pass until a Deferred has fired; ten seconds at most."""
        for _ in range(40):
            self.settle()
            if deferred.called:
                break
            self.clock.advance(0.25)
        self.result(deferred)

    def end(self) -> None:
        """Close all processes."""
        for process in self._processes:
            process.loop.jobs.close()
            self.finish(process.close())
