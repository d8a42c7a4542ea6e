"""Several endpoints in turn: those that were given, and those that a hub has told of."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import clientFromString
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.protocol import Factory
from twisted.internet.task import Clock

from exchange import ConfigurationError, Exchange, Hub
from exchange.memory import WayTo
from exchange.net.endpoints import MOST_TOLD, EndpointsInTurn
from exchange.testing import Network
from tests.logbook import Logbook


class Site:
    """A network whose hubs can be dialled by descriptions."""

    def __init__(self, network: Network, *names: str) -> None:
        self.network = network
        self.hubs = {f"tcp:{name}:11111": network.hub(name) for name in names}
        for hub in self.hubs.values():
            hub.advertise(*self.hubs)

    def peer(self, *names: str) -> Exchange:
        """Return a peer that dials these hubs, by their descriptions."""
        peer = Exchange(self.network.clock, entropy=self.network._random.randbytes)
        place = type(self.network._places[self._hub(names[0])])(self.network._moves)
        self.network._places[peer] = place

        def endpoint_of(text: str) -> IStreamClientEndpoint:
            return WayTo(place, self.network._places[self.hubs[text]])

        peer._links.endpoint_of = endpoint_of
        texts = [f"tcp:{name}:11111" for name in names]
        dialer = peer.connect(*[endpoint_of(text) for text in texts])
        dialer._endpoint._names = set(texts)
        peer.startService()
        self.network.settle()
        return peer

    def _hub(self, name: str) -> Hub:
        return self.hubs[f"tcp:{name}:11111"]

    def linked_to(self, peer: Exchange) -> list[str]:
        """Return the names of the hubs that a peer is linked to."""
        names = {hub.identity: hub._hub_name for hub in self.hubs.values()}
        return [names[port.identity] for port in peer._switch.hubs]


def test_a_peer_that_was_given_one_hub_goes_to_another_that_this_one_told_of(network: Network) -> None:
    site = Site(network, "rome", "oslo")
    peer = site.peer("rome")
    network.clock.advance(2)
    network.cut(site._hub("rome"))
    assert site.linked_to(peer) == ["oslo"]
    network.restore(site._hub("rome"))
    network.clock.advance(2)
    network.cut(site._hub("oslo"))
    assert site.linked_to(peer) == ["rome"]


def test_a_peer_moves_to_a_hub_that_the_leaving_one_told_of(network: Network) -> None:
    site = Site(network, "rome", "oslo")
    peer = site.peer("rome")
    drained = site._hub("rome").drain()
    network.settle()
    assert site.linked_to(peer) == ["oslo"]
    assert network.result(drained) is None


def test_what_was_given_is_not_told_anew(network: Network) -> None:
    site = Site(network, "rome", "oslo", "bern")
    (dialer,) = site.peer("rome", "oslo")._dialers()
    assert len(dialer._endpoint) == 3


def test_hubs_tell_only_peers(network: Network) -> None:
    site = Site(network, "rome", "oslo")
    network.join(site._hub("rome"), site._hub("oslo"))
    (dialer,) = site._hub("rome")._dialers()
    assert len(dialer._endpoint) == 1


def endpoints(*names: str) -> EndpointsInTurn:
    """Return endpoints in turn that were given as these."""
    clock: Any = Clock()
    return EndpointsInTurn([clientFromString(clock, name) for name in names], names, clock, _parsed)


def _parsed(text: str) -> IStreamClientEndpoint:
    clock: Any = Clock()
    endpoint: IStreamClientEndpoint = clientFromString(clock, text)
    return endpoint


def test_what_is_told_takes_the_place_of_what_was_told_before() -> None:
    some = endpoints("tcp:a:1")
    some.tell(["tcp:a:1", "tcp:b:1", "tcp:c:1"])
    assert len(some) == 3
    some.tell(["tcp:c:1"])
    assert len(some) == 2
    some.tell([])
    assert len(some) == 1


def test_only_what_is_elsewhere_can_be_told_and_not_without_end() -> None:
    some = endpoints("tcp:a:1")
    some.tell(["unix:/run/hub.sock", "exec:rm", *(f"tcp:b:{port}" for port in range(1, 100))])
    assert len(some) == 1 + MOST_TOLD - 2


def test_what_cannot_be_dialled_is_logged_and_left_out(logbook: Logbook) -> None:
    some = endpoints("tcp:a:1")
    some.tell(["tcp:", "tcp:b:1"])
    assert len(some) == 2
    assert len(logbook.lines("the hub tells of 'tcp:', which cannot be dialled")) == 1


def test_an_endpoint_that_leads_to_ourselves_is_left_out_for_good() -> None:
    some = endpoints("tcp:a:1", "tcp:b:1")
    connecting = Deferred.fromCoroutine(some.connect(Factory()))
    connecting.addErrback(lambda _: None)
    connecting.cancel()
    before = len(some)
    some.leave_out()
    some.tell([])
    assert (before, len(some)) == (2, 1)


def test_a_hub_advertises_only_what_can_be_dialled(network: Network) -> None:
    with pytest.raises(ConfigurationError, match="'hostb' cannot be dialled"):
        network.hub().advertise("tcp:hosta:11111", "hostb")
