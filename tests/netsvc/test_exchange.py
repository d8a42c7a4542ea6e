from __future__ import annotations

from itertools import pairwise

import pytest

from exchange import ConfigurationError, netsvc
from exchange.netsvc.process import Process, standing_in
from tests.logbook import Logbook
from tests.netsvc.site import Site
from tests.netsvc.stories import Math, Told


def central(site: Site) -> Process:
    """Return a process with an exchange that listens at 11111."""
    with standing_in(site.process()) as process:
        netsvc.Exchange(netsvc.EXCHANGE_SERVER).listen(11111, "127.0.0.1")
    return process


def delays(site: Site) -> list[float]:
    """Return the times between one attempt to dial and the next."""
    times = site.dialled_at
    return [later - earlier for earlier, later in pairwise(times)]


def test_it_is_dialled_again_after_the_same_delay_as_long_as_it_takes(site: Site, here: Process) -> None:
    netsvc.Exchange(netsvc.EXCHANGE_CLIENT).connect("localhost", 11111, 5)
    site.clock.advance(60)
    assert len(site.dialled_at) >= 11
    assert all(4.75 <= delay <= 5.5 for delay in delays(site))


def test_the_delay_is_five_seconds_unless_told_otherwise(site: Site, here: Process) -> None:
    netsvc.Exchange(netsvc.EXCHANGE_CLIENT).connect("localhost", 11111)
    site.clock.advance(5.5)
    assert len(site.dialled_at) == 2


def test_a_delay_of_zero_is_at_once_without_keeping_the_processor_busy(site: Site, here: Process) -> None:
    netsvc.Exchange(netsvc.EXCHANGE_CLIENT).connect("localhost", 11111, 0)
    site.clock.advance(1)
    assert 4 <= len(site.dialled_at) <= 22


def test_a_delay_below_zero_is_one_attempt(site: Site, here: Process) -> None:
    netsvc.Exchange(netsvc.EXCHANGE_CLIENT).connect("localhost", 11111, -1)
    site.clock.advance(60)
    assert len(site.dialled_at) == 1


def test_a_lost_link_is_made_anew_after_the_delay_and_all_is_known_again(site: Site, here: Process, told: Told) -> None:
    process = central(site)
    Math()
    netsvc.Exchange(netsvc.EXCHANGE_CLIENT).connect("localhost", 11111, 5)
    with standing_in(site.process()):
        netsvc.Exchange(netsvc.EXCHANGE_CLIENT).connect("localhost", 11111, 5)
        caller = netsvc.Service()
    site.settle()
    end_point = caller.serviceEndPoint("math")
    caller.monitorResponse(told.four, end_point.slow())
    site.settle()

    site.cut_off(process)
    assert [line[:3] for line in told.lines] == [(57, "Application Error", "netsvc")]
    assert not caller.serviceEndPoint("math")

    site.let_in(process)
    site.clock.advance(5.5)
    assert caller.serviceEndPoint("math") == end_point
    caller.monitorResponse(told.one, end_point.multiply(6, 7))
    site.settle()
    assert told.lines[-1] == (42,)


def test_it_waits_for_one_that_begins_to_listen_later(site: Site, here: Process) -> None:
    netsvc.Exchange(netsvc.EXCHANGE_CLIENT).connect("localhost", 11111, 5)
    site.clock.advance(2)
    with standing_in(central(site)):
        Math()
    site.clock.advance(5.5)
    assert len(here.bindings("math")) == 1


def test_exchanges_of_different_groups_do_not_link(site: Site, here: Process, logbook: Logbook) -> None:
    with standing_in(central(site)):
        Math()
    netsvc.Exchange(netsvc.EXCHANGE_CLIENT, "plant").connect("localhost", 11111)
    site.clock.advance(20)
    assert here.bindings("math") == []
    assert logbook.lines("cannot link to")


def test_only_a_server_listens(here: Process) -> None:
    with pytest.raises(RuntimeError, match="EXCHANGE_CLIENT cannot listen"):
        netsvc.Exchange(netsvc.EXCHANGE_CLIENT).listen(11111)


@pytest.mark.parametrize("both", [True, False])
def test_servers_that_connect_are_as_one_and_it_is_all_one_whether_both_do(
    site: Site, here: Process, both: bool
) -> None:
    with standing_in(site.process()) as other:
        Math()
        there = netsvc.Exchange(netsvc.EXCHANGE_SERVER)
        there.listen(11111, "127.0.0.1")
    server = netsvc.Exchange(netsvc.EXCHANGE_SERVER)
    server.listen(22222, "127.0.0.1")
    server.connect("localhost", 11111)
    if both:
        there.connect("localhost", 22222)
    site.clock.advance(30)
    assert len(here.bindings("math")) == 1
    assert server._exchange.outstanding().links == there._exchange.outstanding().links == 1
    Math()
    site.settle()
    assert len(other.bindings("math")) == 2


def test_a_mode_that_does_not_exist_is_refused(here: Process) -> None:
    with pytest.raises(ValueError, match="EXCHANGE_CLIENT or EXCHANGE_SERVER, not 7"):
        netsvc.Exchange(7)


def test_a_port_in_use_is_an_error(site: Site, here: Process) -> None:
    site.taken.add(11111)
    with pytest.raises(ConfigurationError, match="port 11111 of 127.0.0.1 cannot be had: Address already in use"):
        netsvc.Exchange(netsvc.EXCHANGE_SERVER).listen(11111, "127.0.0.1")


def test_listening_for_everybody_is_said_in_the_log(here: Process, logbook: Logbook) -> None:
    exchange = netsvc.Exchange(netsvc.EXCHANGE_SERVER)
    exchange.listen(11111, "127.0.0.1")
    assert not logbook.lines("is let in")
    exchange.listen(11112)
    assert logbook.lines("whoever reaches port 11112 of all interfaces is let in")


def test_a_server_believes_those_of_other_machines_that_join_it_as_of_old(here: Process) -> None:
    server = netsvc.Exchange(netsvc.EXCHANGE_SERVER, "believing")
    assert server._exchange._links.trusts_hub(None, False)
