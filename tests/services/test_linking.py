"""The links of an exchange: told of, admitted, waited for."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange import ConfigurationError, Limits, Token, TokenAuthenticator
from exchange.testing import Network
from tests.outcomes import Outcome
from tests.services.offered import Math, Sleepy
from tests.services.reporting import Feed


def test_an_exchange_is_linked_when_every_hub_that_it_dials_has_welcomed_it(network: Network) -> None:
    hub = network.hub()
    network.cut(hub)
    peer = network.peer()
    linked = Outcome(peer.when_linked())
    assert linked.is_open
    network.restore(hub)
    network.clock.advance(2)
    assert linked.count == 1


def test_links_are_told_of_when_they_open_and_when_they_close(network: Network) -> None:
    hub = network.hub()
    told: list[tuple[bool, bytes]] = []
    hub.watch_links(lambda change: told.append((change.is_open, change.identity)))
    peer = network.peer()
    network.stop(peer)
    assert told == [(True, peer.identity), (False, peer.identity)]


def test_a_peer_that_moves_is_told_of_the_new_link_before_the_old_one_closes(network: Network) -> None:
    rome, oslo = network.hub("rome"), network.hub("oslo")
    peer = network.peer(rome, oslo)
    told: list[tuple[bool, bytes]] = []
    peer.watch_links(lambda change: told.append((change.is_open, change.identity)))
    network.result(rome.drain())
    assert told == [(True, rome.identity), (True, oslo.identity), (False, rome.identity)]


def test_what_cannot_be_dialled_is_refused_with_the_mend(network: Network) -> None:
    with pytest.raises(ConfigurationError, match="'hostb' cannot be dialled: .*; write it as in 'tcp:localhost:11111'"):
        network.peer().connect("hostb")


def test_a_watch_of_a_process_that_moves_sees_nothing(network: Network) -> None:
    rome = network.hub("rome")
    oslo = network.hub("oslo", join=[rome])
    watcher, still, moving = network.peer(rome, oslo), network.peer(oslo), network.peer(rome, oslo)
    still.add(Math())
    moving.add(Sleepy())
    seen: list[tuple[str, str]] = []
    watcher.watch(changed=lambda change: seen.append((change.kind, change.instance.name)))
    other: list[tuple[str, str]] = []
    still.watch(changed=lambda change: other.append((change.kind, change.instance.name)))
    network.settle()
    expected = [("came", "math"), ("came", "sleepy")]
    assert sorted(seen) == sorted(other) == expected
    network.result(rome.drain())
    network.clock.advance(5)
    assert sorted(seen) == sorted(other) == expected


def test_a_process_that_moves_goes_on_hearing_reports_and_hears_none_twice(network: Network) -> None:
    rome = network.hub("rome")
    oslo = network.hub("oslo", join=[rome])
    reader, writer, feed = network.peer(rome, oslo), network.peer(rome, oslo), Feed()
    writer.add(feed)
    heard: list[object] = []
    reader.subscribe("feed", "*", lambda content: heard.append(content))
    network.settle()
    feed.publish("a", 1, -1)
    feed.publish("b", 2, -1)
    network.result(rome.drain())
    feed.publish("a", 3, -1)
    network.settle()
    assert heard == [1, 2, 3]


def test_credentials_and_limits_are_renewed_for_links_that_are_made_from_then_on(
    network: Network, tmp_path: Path
) -> None:
    (tmp_path / "tokens").write_text("press:a-token-of-the-press\n")
    (tmp_path / "tokens").chmod(0o600)
    hub = network.hub(authenticators=[TokenAuthenticator(tmp_path / "tokens", network.clock.seconds)])
    peer = network.peer(hub)
    peer.add(Math())
    assert network.result(hub.call("$exchange", "overview"))["peers"] == 0

    peer.renew(Token("press", "a-token-of-the-press"), Limits())
    hub.renew(None, Limits(max_links=1, max_calls=1))
    network.clock.advance(60)
    assert network.result(hub.call("math", "multiply", 6, 7)) == 42
    refused: list[str] = []
    network.peer(hub, credentials=Token("press", "a-token-of-the-press")).when_linked(1).addErrback(
        lambda failure: refused.append(failure.getErrorMessage())
    )
    network.clock.advance(1)
    assert "this hub takes 1 links at one time" in refused[0]
