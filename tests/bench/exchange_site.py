"""The measured site of `exchange`: one hub or two, service and caller, each in its process, all settings as usual."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, gatherResults

from exchange import Exchange, Hub, Service, method
from tests.bench.gauge import Gauge
from tests.bench.obeying import Obeying


class Arithmetic(Service):
    """What is called."""

    name = "arithmetic"

    @method
    def multiply(self, x: int, y: int) -> int:
        """Return the product."""
        return x * y

    @method
    def echo(self, data: bytes) -> bytes:
        """Return what came."""
        return data


class Calling:
    """Makes a call for each that was answered, over the same link.

    Attributes:
        exchanges: Share what is outstanding.
    """

    def __init__(self, exchange: Exchange, gauge: Gauge) -> None:
        self.exchanges = [exchange]
        self._gauge = gauge

    def begin(self, size: int, outstanding: int) -> None:
        """Make the first calls."""
        self._method = "echo" if size else "multiply"
        self._args: tuple[Any, ...] = (bytes(size),) if size else (6, 7)
        self._expected: Any = bytes(size) if size else 42
        for number in range(outstanding):
            self._call(self.exchanges[number % len(self.exchanges)])

    def _call(self, exchange: Exchange) -> None:
        begun = time.perf_counter()
        answer = exchange.call("arithmetic", self._method, *self._args)
        answer.addCallbacks(self._answered, self._gauge.fail, callbackArgs=(exchange, begun))

    def _answered(self, result: Any, exchange: Exchange, begun: float) -> None:
        if result != self._expected:
            self._gauge.fail(result)
        elif self._gauge.note(begun):
            self._call(exchange)


def hub(reactor: Any, obeying: Obeying) -> Deferred[int]:
    """Run the hub; give its port."""
    return _serving(Hub(reactor))


def far_hub(reactor: Any, obeying: Obeying, port: int) -> Deferred[int]:
    """Run a hub that is joined with the one at this port; give its own."""
    hub = Hub(reactor)
    hub.join(f"tcp:127.0.0.1:{port}")
    return _serving(hub)


def callee(reactor: Any, gauge: Gauge, port: int) -> Deferred[None]:
    """Run the service."""
    exchange = Exchange(reactor)
    exchange.add(Arithmetic())
    return linked(exchange, port)


def caller(reactor: Any, gauge: Gauge, port: int) -> Deferred[None]:
    """Run the caller; it is ready when a call was answered."""
    exchange = Exchange(reactor)
    calling = Calling(exchange, gauge)

    def connect(connections: int, done: Callable[[], None]) -> None:
        more = [Exchange(reactor) for _ in range(connections - len(calling.exchanges))]
        steps: list[Any] = [linked(each, port) for each in more]
        steps += [each.stopService() for each in calling.exchanges[connections:]]
        calling.exchanges = calling.exchanges[:connections] + more
        gatherResults(steps).addCallbacks(lambda _: done(), gauge.fail)

    gauge.begin, gauge.connect = calling.begin, connect
    ready = linked(exchange, port)
    ready.addCallback(lambda _: exchange.call("arithmetic", "multiply", 6, 7, wait=10))
    return ready.addCallback(lambda _: None)


def linked(exchange: Exchange, port: int) -> Deferred[None]:
    """Link an exchange to the hub; fires when it is."""
    exchange.connect(f"tcp:127.0.0.1:{port}")
    exchange.startService()
    return exchange.when_linked()


def _serving(hub: Hub) -> Deferred[int]:
    listening: Deferred[Any] = hub.listen("tcp:0:interface=127.0.0.1").when_listening()
    hub.startService()
    return listening.addCallback(lambda port: port.getHost().port)
