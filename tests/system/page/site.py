"""A mesh of three hubs, with services and callers, in one process: for those who look at its page.

``python -m tests.system.page.site`` prints one line of JSON when all of it is there: where the
page is of a hub that asks nobody, and of one that asks. It ends with its standard input.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal

from twisted.internet import reactor
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Protocol
from twisted.internet.stdio import StandardIO
from twisted.internet.task import LoopingCall, deferLater

from exchange import CallError, Exchange, Hub, Rule, Service, TokenAuthenticator, method
from exchange.app.http import Mounting, door_of, site_of

TOKEN = "the-token-of-ann-for-tests-alone"
LESS = "the-token-of-bob-for-tests-alone"

ODD = "<script>alert(1)</script>"
"""A name like any other."""

LOCAL: Any = reactor


class Math(Service):
    """Arithmetic, for whoever asks."""

    name = "math"
    groups = ["web-services"]

    @method(idempotent=True)
    def multiply(self, x: float, y: float = 2) -> float:
        """Return the product of two numbers."""
        return x * y

    @method
    def divide(self, x: float, y: float) -> float:
        """Return the quotient, or fail as Python does."""
        return x / y

    @method
    def total(self, numbers: list[float], label: str | None = None, *, rounded: bool = False) -> dict[str, Any]:
        """Return the sum of many numbers under a label."""
        return {"label": label, "sum": round(sum(numbers)) if rounded else sum(numbers)}

    @method
    def choose(self, colour: Literal["red", "green", "blue"], large: Annotated[int, "any"] = 1) -> str:
        """Return a colour so often."""
        return colour * min(large, 10) + (f" {large}" if large > 10 else "")

    @method
    def slow(self, seconds: float) -> Deferred[str]:
        """Answer late."""
        return deferLater(LOCAL, seconds, lambda: "late")


class Prices(Service):
    """Prices, which are reported and kept."""

    name = "prices"

    def change(self, random: Random) -> None:
        """Report one that has changed."""
        for word in ("wheat", "barley", "rye", "oats"):
            self.publish(f"grain.{word}", {"price": round(180 + 40 * random.random(), 2)}, lifetime=3600)


class Plain(Service):
    """A service that does little, under any name."""

    def __init__(self, name: str, failing: float = 0.0) -> None:
        self.name = name
        self._failing = failing
        self._random = Random(name)

    @method
    def do(self, what: str = "") -> str:
        """Do it."""
        if self._random.random() < self._failing:
            raise CallError("it is out of order", number=120, origin=self.name)
        return what


SITES: dict[str, list[tuple[list[str], dict[str, float]]]] = {
    "rome": [
        (["math"], {}),
        (["orders"], {"stock": 30, "billing": 14, "prices-desk": 6}),
        (["billing"], {"archive": 9}),
        (["web-shop"], {"orders": 24, "weather": 3}),
        ([], {"math": 40}),
        ([], {"orders": 11, "greenhouse": 2}),
    ],
    "paris": [
        (["prices"], {}),
        (["stock"], {"archive": 7}),
        (["prices-desk"], {"math": 12}),
        (["weather"], {}),
        ([], {"stock": 8, "weather": 5}),
    ],
    "oslo": [
        (["math"], {}),
        (["archive"], {}),
        (["greenhouse", "irrigation"], {"weather": 4}),
        ([ODD], {}),
        ([], {"archive": 6, "math": 5}),
    ],
}
"""The peers of each hub: what each offers, and what it calls, how often a second."""


class Story:
    """All of it.

    Args:
        leaves_out: Names that are not offered.
    """

    def __init__(self, leaves_out: tuple[str, ...] = ()) -> None:
        self.hubs: dict[str, Hub] = {}
        self._ways: dict[str, str] = {}
        self._leaves_out = leaves_out
        self._random = Random(7)

    async def begin(self, folder: Path) -> dict[str, Any]:
        """Start everything, and return where its pages are."""
        tokens = folder / "tokens"
        tokens.write_text(f"ann:{TOKEN}\nbob:{LESS}\n")
        tokens.chmod(0o600)
        for name in SITES:
            hub = self.hubs[name] = Hub(LOCAL, name)
            listener = hub.listen("tcp:0:interface=127.0.0.1")
            hub.startService()
            for way in self._ways.values():
                hub.join(way)
            port: Any = await listener.when_listening()
            self._ways[name] = f"tcp:127.0.0.1:{port.getHost().port}"
        rules = [Rule(principal=("ann",), administer=("*",), call=("math.*",), watch=("*",), subscribe=("*",))]
        guarded = Hub(LOCAL, "guarded", authenticators=[TokenAuthenticator(tokens, LOCAL.seconds)], policy=rules)
        guarded.add(Math())
        guarded.startService()
        for name, peers in SITES.items():
            for offers, calls in peers:
                if set(offers) & set(self._leaves_out):
                    continue
                await self._add(self._ways[name], offers, calls)
        ports = {"rome": await self._page(self.hubs["rome"]), "guarded": await self._page(guarded, tokens)}
        return {"token": TOKEN, "less": LESS, **{name: f"http://localhost:{port}/" for name, port in ports.items()}}

    async def _add(self, way: str, offers: list[str], calls: dict[str, float]) -> None:
        peer = Exchange(LOCAL)
        for name in offers:
            if name == "prices":
                prices = Prices()
                peer.add(prices)
                LoopingCall(prices.change, self._random).start(2.5)
            else:
                peer.add(Math() if name == "math" else Plain(name, _failing(name)))
        peer.connect(way)
        peer.startService()
        await peer.when_linked()
        for name, often in calls.items():
            LoopingCall(self._call, peer, name).start(1 / often, now=False)

    def _call(self, peer: Exchange, name: str) -> None:
        if name == "math":
            args: tuple[Any, ...] = (self._random.random(), 0 if self._random.random() < 0.03 else 3)
            answer = peer.call(name, "divide" if args[1] == 0 else "multiply", *args)
        else:
            answer = peer.call(name, "do", "it")
        answer.addErrback(lambda failure: failure.trap(CallError) and None)

    async def _page(self, hub: Hub, tokens: Path | None = None) -> int:
        authenticators = [TokenAuthenticator(tokens, LOCAL.seconds)] if tokens else []
        site = site_of(Mounting(LOCAL, hub, door_of(hub, authenticators, ()), lambda: True))
        port = await serverFromString(LOCAL, "tcp:0:interface=127.0.0.1").listen(site)
        number: int = port.getHost().port
        return number


def _failing(name: str) -> float:
    return {"weather": 0.12, "billing": 0.02}.get(name, 0.0)


class Leash(Protocol):
    """Ends the process with its standard input."""

    def connectionLost(self, reason: Any = None) -> None:
        """Whoever started us is gone, or wants us to end."""
        if LOCAL.running:
            LOCAL.stop()


def main() -> None:
    """Run it."""
    with TemporaryDirectory() as folder:
        StandardIO(Leash())
        story = Story((ODD,) if "nice" in sys.argv else ())
        LOCAL.callWhenRunning(_begin, story, Path(folder))
        LOCAL.run()


def _begin(story: Story, folder: Path) -> None:
    begun = ensureDeferred(story.begin(folder))
    begun.addCallback(lambda places: print(json.dumps(places), flush=True))
    begun.addErrback(lambda failure: (failure.printTraceback(), LOCAL.stop()))


if __name__ == "__main__":
    main()
