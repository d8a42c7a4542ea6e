"""Hubs: exchanges that listen and forward."""

from __future__ import annotations

from pathlib import Path

import pytest
from twisted.internet.task import Clock
from twisted.internet.testing import MemoryReactorClock

from exchange import ConfigurationError, Hub, Rule, Token, TokenAuthenticator, UnsuitableValue
from exchange.testing import Network
from exchange.wire.frames import Frame, encode
from exchange.wire.identities import make_id, readable
from exchange.wire.layouts import Kind
from tests.logbook import Logbook
from tests.services.offered import Math


def test_a_hub_is_called_by_its_name_and_its_identity() -> None:
    named, nameless = Hub(Clock(), "rome"), Hub(Clock())
    assert named.title == f"hub rome ({readable(named.identity)})"
    assert nameless.title == f"hub {readable(nameless.identity)}"


@pytest.mark.parametrize("name", ["x" * 256, "ro\nme", "\ud800"])
def test_a_name_that_cannot_travel_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="the name of a hub must be text of at most 255 bytes"):
        Hub(Clock(), name)


def test_both_ends_of_a_link_call_the_hub_by_its_name_in_their_logs(network: Network, logbook: Logbook) -> None:
    rome = network.hub("rome")
    oslo = network.hub("oslo", join=[rome])
    peer = network.peer(rome)
    opened = logbook.lines(" opened")
    assert any(f"to rome ({readable(rome.identity)}) at " in line for line in opened)
    assert any(f"from oslo ({readable(oslo.identity)}) at " in line for line in opened)
    assert any(f"from {readable(peer.identity)} at " in line for line in opened)


def test_both_ends_say_in_their_logs_as_whom_somebody_linked(
    network: Network, logbook: Logbook, tmp_path: Path
) -> None:
    (tmp_path / "tokens").write_text("press:a-token-of-the-press\n")
    (tmp_path / "tokens").chmod(0o600)
    rome = network.hub("rome", authenticators=[TokenAuthenticator(tmp_path / "tokens", network.clock.seconds)])
    network.peer(rome, credentials=Token("press", "a-token-of-the-press"))
    network.clock.advance(0)

    assert [line.partition(" opened")[2] for line in logbook.lines(" opened")] == [" as 'press'"] * 2


def test_a_hub_listens_at_a_twisted_endpoint() -> None:
    reactor = MemoryReactorClock()
    hub = Hub(reactor)
    hub.listen("tcp:4711:interface=127.0.0.1")
    hub.startService()
    assert [(port, interface) for port, _, _, interface in reactor.tcpServers] == [(4711, "127.0.0.1")]
    hub.stopService()


@pytest.mark.parametrize("endpoint", ["", "nonsense", "tcp:port", "quic:1"])
def test_an_endpoint_that_cannot_be_listened_at_is_refused_in_the_users_words(endpoint: str) -> None:
    hub = Hub(MemoryReactorClock())
    with pytest.raises(ConfigurationError, match=r"cannot be listened at: .*; write it as in 'tcp:11111:interface"):
        hub.listen(endpoint)
    assert list(hub) == []


def test_services_may_live_in_a_hub_as_in_any_exchange(network: Network) -> None:
    hub, peer = network.hub(), network.peer()
    hub.add(Math())
    assert network.result(hub.call("math", "multiply", 6, 7)) == 42
    assert network.result(peer.call("math", "multiply", 6, 7)) == 42


def test_it_tells_whether_its_policy_lets_somebody_do_something(network: Network) -> None:
    hub = network.hub(policy=[Rule(principal=("ann",), call=("math.*",)), Rule(watch=("public-*",))])

    assert hub.permits("ann", "call", "math.multiply")
    assert not hub.permits("bob", "call", "math.multiply")
    assert not hub.permits("ann", "administer", "$exchange")
    assert hub.permits(None, "watch", "public-clock")
    assert network.hub().permits(None, "administer", "$exchange"), "without rules all is let"


def test_a_hub_may_call_and_watch(network: Network) -> None:
    hub, peer = network.hub(), network.peer()
    watch = hub.watch()
    peer.add(Math())
    network.settle()
    assert [presence.name for presence in watch.instances] == ["math"]
    assert network.result(hub.call("math", "multiply", 6, 7)) == 42


def test_a_service_of_a_hub_that_is_not_for_its_exchange_group_is_shown_to_nobody(network: Network) -> None:
    hub = network.hub()
    service = Math()
    service.audience = ""
    hub.add(service)
    peer = network.peer(hub)
    changes: list[str] = []
    peer.watch(changed=lambda change: changes.append(change.kind))
    network.settle()
    assert changes == []
    assert [presence.id for presence in hub.instances()] == [hub.id_of(service)]

    for audience in ("*", "elsewhere"):
        service.audience = audience
        hub.announce(service)
        network.settle()
    hub.remove(service)
    network.settle()

    assert changes == ["came", "went"]


def test_a_watch_that_is_lost_with_its_link_leaves_nothing_at_the_hub(network: Network) -> None:
    hub, watcher = network.hub(), network.peer()
    watcher.watch()
    network.settle()
    assert len(hub._directory._wanted) == 1
    network.cut(watcher)
    assert hub._directory._wanted == {}


@pytest.mark.parametrize("body", [b"\xc1 is no msgpack", b"", b"\xdd\xff\xff\xff\xff"])
def test_a_hub_passes_on_what_it_cannot_decode(network: Network, body: bytes) -> None:
    """What is in a body is the business of the two ends: they say so, and the links stay."""
    hub, caller, callee = network.hub(), network.peer(), network.peer()
    callee.add(Math())
    network.settle()
    answers: list[Frame] = []
    caller._local.handlers[Kind.FAILURE] = answers.append
    caller._receive(encode(Kind.REQUEST, make_id(caller.identity, 1_000), ("math", "multiply", None), body))
    network.settle()
    assert [frame[2] for frame in answers] == [(UnsuitableValue.CANNOT_DECODE_REQUEST, False)]
    assert hub.outstanding() == (0, 0, 0, 2)
