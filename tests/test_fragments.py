"""Lines of Python that a document shows without what stands around them: here is what stands around them."""

from __future__ import annotations

import ast
import re
from collections.abc import Coroutine, Iterator
from inspect import iscoroutine
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.application.service import Application, IService
from twisted.internet import reactor
from twisted.internet.defer import Deferred

import exchange as ours
from exchange import Exchange, Hub, Service, method
from exchange.app.cli import cert
from exchange.app.cli.status import Status
from exchange.testing import Network
from tests.documents import DOCS
from tests.system.processes import free_port

AWAITS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


def fragment(page: str, beginning: str) -> str:
    """Return the block of a page that begins so."""
    text = (DOCS / page).read_text(encoding="utf-8")
    (found,) = re.findall(rf"^```python\n({re.escape(beginning)}.*?)^```", text, re.DOTALL | re.MULTILINE)
    return str(found)


def run(text: str, names: dict[str, Any]) -> Coroutine[Any, Any, None] | None:
    """Run a fragment with these names known, and return what is to be awaited, if anything is."""
    came = eval(compile(text, "fragment", "exec", flags=AWAITS), names)
    return came if iscoroutine(came) else None


@pytest.fixture
def network() -> Iterator[Network]:
    made = Network()
    yield made
    made.close()


class Cache(Service):
    """Something that can be cleared."""

    name = "cache"

    @method
    def clear(self) -> int:
        return 3


def test_all_instances_are_asked(network: Network, capsys: pytest.CaptureFixture[str]) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(Cache())
    callee.add(Cache())

    running = run(fragment("howto/choose-an-instance.md", "outcomes = "), {"exchange": caller})

    assert running is not None
    network.result(Deferred.fromCoroutine(running))
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == ["3", "3"]


def test_an_exchange_leaves_in_good_order(network: Network) -> None:
    network.hub()
    peer = network.peer()

    running = run(fragment("howto/rolling-restart.md", "await exchange.drain"), {"exchange": peer})

    assert running is not None
    network.result(Deferred.fromCoroutine(running))
    assert not peer.running


def test_the_administration_of_every_hub_of_a_mesh_is_asked(network: Network) -> None:
    rome = network.hub("rome")
    network.hub("oslo", join=[rome])
    names: dict[str, Any] = {"exchange": network.peer(rome)}
    network.settle()
    for beginning in ('overview = await exchange.call("$exchange", "overview")', "for hub in overview"):
        running = run(fragment("reference/administration.md", beginning), names)
        assert running is not None
        network.result(Deferred.fromCoroutine(running))
    assert names["overview"]["name"] == "rome"
    assert names["links"]["rows"][0]["name"] == "rome"


class Feed(Service):
    """What the page on slow readers reads."""

    name = "feed"


def test_a_subscription_says_what_it_can_do_without(network: Network) -> None:
    network.hub()
    publisher, reader = network.peer(), network.peer()
    feed = Feed()
    publisher.add(feed)
    names: dict[str, Any] = {"exchange": reader}

    run(fragment("howto/slow-readers.md", "def seen"), names)

    network.settle()
    (subscriber,) = feed.subscribers()
    assert subscriber.pattern == "nyse.*"


def test_a_publisher_waits_for_its_link(network: Network) -> None:
    network.hub()
    publisher, reader = network.peer(), network.peer()
    names: dict[str, Any] = {}
    run(fragment("howto/slow-readers.md", "async def replay"), names)
    feed = Feed()
    publisher.add(feed)
    heard: list[int] = []
    reader.subscribe("feed", "row", heard.append)
    network.settle()

    network.result(Deferred.fromCoroutine(names["replay"](feed, [1, 2, 3])))

    assert heard == [1, 2, 3]


def test_a_service_says_how_much_it_does_at_once(network: Network) -> None:
    names: dict[str, Any] = {"Service": Service, "method": method}
    run(fragment("howto/slow-readers.md", "class Archive"), names)
    network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(names["Archive"]())
    assert network.result(caller.call("archive", "find", "nut")) is None
    assert network.result(caller.call("archive", "rebuild")) is None


# With sockets, as what they show is where to connect to


def at_free_ports(text: str, *ports: int) -> str:
    """Return a fragment whose hosts are this machine, with these ports in the order of its own."""
    text = re.sub(r"\bhost[abc]:", "localhost:", text).replace('"tcp:11111"', '"tcp:11111:interface=127.0.0.1"')
    for count, port in enumerate(re.findall(r":(1111\d)\b", text)):
        text = text.replace(f":{port}", f":{ports[min(count, len(ports) - 1)]}", 1)
    return text


async def hub_at(port: int, group: str = "") -> Hub:
    """Return a hub that listens."""
    hub = Hub(reactor, group=group)
    hub.listen(f"tcp:{port}:interface=127.0.0.1")
    hub.startService()
    return hub


@pytest_twisted.ensureDeferred
async def test_a_bridge_joins_two_groups_of_a_program() -> None:
    inside, outside = free_port(), free_port()
    hubs = [await hub_at(inside, "database"), await hub_at(outside)]
    names: dict[str, Any] = {"reactor": reactor}

    run(at_free_ports(fragment("howto/bridges.md", "from exchange import Bridge"), inside, outside), names)

    for side in (names["inner"], names["outer"]):
        await side.when_linked()
    hubs[0].add(Cache())
    assert await hubs[1].call("cache", "clear", wait=10) == 3
    names["bridge"].stop()
    for each in (names["inner"], names["outer"], *hubs):
        await each.stopService()


@pytest_twisted.ensureDeferred
async def test_of_several_hubs_one_that_is_there_is_taken() -> None:
    dead, alive = free_port(), free_port()
    hub, peer = await hub_at(alive), Exchange(reactor)

    run(at_free_ports(fragment("howto/failover.md", "exchange.connect"), dead, alive), {"exchange": peer})

    peer.startService()
    await peer.when_linked()
    await peer.stopService()
    await hub.stopService()


@pytest_twisted.ensureDeferred
async def test_hubs_of_a_program_join_with_certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for words in (["ca"], ["hub", "rome"], ["hub", "hostb"]):
        assert cert.run([*words, "--folder", str(tmp_path)]) == Status.FINE
    monkeypatch.chdir(tmp_path)
    text, hubs = fragment("howto/mesh.md", "tls = Tls"), []
    ports = {"rome": free_port(), "hostb": free_port()}
    for own, other in (("rome", "hostb"), ("hostb", "rome")):
        application = Application(own)
        names: dict[str, Any] = {**{name: getattr(ours, name) for name in ours.__all__}, "reactor": reactor}
        names["application"] = application
        its = text.replace('"rome.pem", "rome-key.pem"', f'"{own}.pem", "{own}-key.pem"').replace(
            'name="rome"', f'name="{own}"'
        )
        run(at_free_ports(its, ports[own], ports[other]), names)
        IService(application).startService()
        hubs.append(names["hub"])
    try:
        for hub in hubs:
            await hub.when_linked()
    finally:
        for hub in hubs:
            await hub.stopService()
