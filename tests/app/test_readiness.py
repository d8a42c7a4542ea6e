"""Whether a process may be sent work."""

from __future__ import annotations

from twisted.internet.defer import Deferred

from exchange.app.readiness import LONGEST_TRY, Readiness, tried
from exchange.testing import Network


def ready(*known: Deferred[None], ending: list[bool] | None = None) -> Readiness:
    readiness = Readiness(lambda: bool(ending))
    readiness.begin(*known)
    return readiness


def test_it_is_starting_until_all_of_it_serves() -> None:
    hub: Deferred[None] = Deferred()
    web: Deferred[None] = Deferred()
    readiness = ready(hub, web)
    assert readiness.why_not() == "starting"

    hub.callback(None)
    assert readiness.why_not() == "starting"

    web.callback(None)
    assert readiness.why_not() is None


def test_what_cannot_start_is_never_ready() -> None:
    hub: Deferred[None] = Deferred()
    readiness = ready(hub)

    hub.errback(OSError("no"))

    assert readiness.why_not() == "starting"
    hub.addErrback(lambda failure: failure.trap(OSError))


def test_it_is_draining_from_when_it_is_told_to_end() -> None:
    ending: list[bool] = []
    readiness = ready(ending=ending)
    assert readiness.why_not() is None

    ending.append(True)

    assert readiness.why_not() == "draining"


def test_a_part_that_has_lost_its_hub_gets_no_work_until_it_has_one_again(network: Network) -> None:
    network.hub()
    peer = network.peer()
    readiness = ready()
    readiness.needs(peer)
    assert readiness.why_not() is None

    network.cut(peer)
    assert readiness.why_not() == "unlinked"

    network.restore(peer)
    network.clock.advance(60)
    assert readiness.why_not() is None


def test_a_hub_is_ready_once_it_has_tried_to_link_with_those_that_it_joins(network: Network) -> None:
    away, hub = network.hub("away"), network.hub("hub")
    network.join(hub, away)
    network.cut(away)
    waiting = tried(hub)
    assert not waiting.called

    network.clock.advance(LONGEST_TRY - 0.1)

    assert waiting.called


def test_a_hub_waits_only_for_a_while_for_those_that_do_not_answer(network: Network) -> None:
    away, hub = network.hub("away"), network.hub("hub")
    network.join(hub, away)
    network.freeze(away)
    network.clock.advance(40)
    waiting = tried(hub)
    assert not waiting.called

    network.clock.advance(LONGEST_TRY)

    assert waiting.called


def test_a_hub_that_joins_nobody_waits_for_nobody(network: Network) -> None:
    assert tried(network.hub()).called
