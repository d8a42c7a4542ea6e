from __future__ import annotations

from typing import Any

import pytest

from exchange import netsvc
from exchange.netsvc.process import Process, standing_in
from tests.logbook import Logbook
from tests.netsvc.site import Site

ACTIVE, INACTIVE = netsvc.CONNECTION_ACTIVE, netsvc.CONNECTION_INACTIVE


class Noting(netsvc.Exchange):
    """An exchange that writes down its links, and lets hosts in as the test says."""

    admitted: Any = True

    def __init__(self, mode: int, group: str = "") -> None:
        netsvc.Exchange.__init__(self, mode, group)
        self.seen: list[Any] = []
        self.asked: list[str] = []

    def authorise(self, host: str) -> bool:
        self.asked.append(host)
        if isinstance(self.admitted, Exception):
            raise self.admitted
        return bool(self.admitted)

    def handleConnection(self, announcement: Any) -> None:
        self.seen.append(announcement)

    def states(self) -> list[int]:
        """Return what became of links."""
        return [each.state() for each in self.seen]


@pytest.fixture
def hub(site: Site) -> Noting:
    """One that listens, in a process of its own."""
    with standing_in(site.process()):
        hub = Noting(netsvc.EXCHANGE_SERVER, "plant")
        hub.listen(11111, "127.0.0.1")
    return hub


@pytest.fixture
def peer(here: Process, hub: Noting) -> Noting:
    """One that has not connected yet."""
    return Noting(netsvc.EXCHANGE_CLIENT, "plant")


def test_both_ends_are_told_of_a_link_and_of_its_loss(site: Site, here: Process, hub: Noting, peer: Noting) -> None:
    local_address = peer.connect("localhost", 11111, 5)
    site.settle()
    site.cut_off(here)
    assert hub.states() == peer.states() == [ACTIVE, INACTIVE]
    assert [each.localAddress() for each in peer.seen] == [local_address] * 2
    assert hub.seen[0].localAddress() == hub.seen[1].localAddress()
    assert {each.group() for each in (*hub.seen, *peer.seen)} == {"plant"}
    service = netsvc.Service("a")
    assert {each.remoteProcess() for each in hub.seen} == {service.processIdentity()}
    assert peer.seen[0].remoteAddress() == peer.seen[1].remoteAddress()


def test_failed_attempts_are_not_told(site: Site, here: Process) -> None:
    peer = Noting(netsvc.EXCHANGE_CLIENT)
    peer.connect("localhost", 11111, 1)
    site.clock.advance(10)
    assert peer.seen == []


def test_a_link_that_is_shut_down_by_who_dialled_it_is_not_made_again(
    site: Site, here: Process, hub: Noting, peer: Noting
) -> None:
    local_address = peer.connect("localhost", 11111, 1)
    site.settle()
    peer.shutdown(local_address, 5)
    site.clock.advance(4)
    assert peer.states() == [ACTIVE]
    site.clock.advance(30)
    peer.shutdown(local_address)
    peer.shutdown("nowhere")
    site.settle()
    assert hub.states() == peer.states() == [ACTIVE, INACTIVE]
    assert len(site.dialled_at) == 1


def test_what_is_dialled_in_vain_is_given_up_too(site: Site, here: Process) -> None:
    peer = Noting(netsvc.EXCHANGE_CLIENT)
    peer.shutdown(peer.connect("localhost", 11111, 1))
    site.clock.advance(10)
    assert len(site.dialled_at) == 1


def test_a_link_that_is_shut_down_by_who_accepted_it_is_dialled_again(
    site: Site, here: Process, hub: Noting, peer: Noting
) -> None:
    peer.connect("localhost", 11111, 1)
    site.settle()
    hub.shutdown(hub.seen[0].localAddress())
    site.settle()
    assert peer.states() == [ACTIVE, INACTIVE]
    site.clock.advance(2)
    assert peer.states() == [ACTIVE, INACTIVE, ACTIVE]


@pytest.mark.parametrize("refused", [False, None, ValueError("oh")])
def test_a_host_that_is_not_authorised_has_no_link_and_tries_again(
    site: Site, here: Process, hub: Noting, peer: Noting, logbook: Logbook, refused: Any
) -> None:
    hub.admitted = refused
    peer.connect("localhost", 11111, 1)
    site.clock.advance(3)
    assert (hub.seen, peer.seen) == ([], [])
    assert len(hub.asked) >= 2
    logbook.failures()
    hub.admitted = True
    site.clock.advance(2)
    assert peer.states() == [ACTIVE]


def test_an_error_in_the_hook_harms_nobody(site: Site, here: Process, hub: Noting, logbook: Logbook) -> None:
    class Raising(netsvc.Exchange):
        def handleConnection(self, announcement: Any) -> None:
            raise ValueError("oh")

    Raising(netsvc.EXCHANGE_CLIENT, "plant").connect("localhost", 11111)
    site.settle()
    assert logbook.failures() == ["ValueError: oh"]
    assert hub.states() == [ACTIVE]
