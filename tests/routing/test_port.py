"""What is common to all ports."""

from __future__ import annotations

import pytest
from zope.interface.verify import verifyObject

from exchange.interfaces import IPort
from exchange.routing.port import Port
from exchange.wire.identities import readable
from tests.routing.recorder import Recorder, cancel


def test_a_port_promises_what_a_switch_asks_of_it() -> None:
    assert verifyObject(IPort, Recorder("peer"))


def test_a_new_port_owes_nothing_and_takes_requests_of_any_size() -> None:
    port = Port()

    assert (port.owing, port.asking, port.congested, port.leaving) == (0, 0, False, False)
    assert port.max_frame > 1 << 40


def test_who_inherits_must_say_what_becomes_of_a_frame() -> None:
    with pytest.raises(AssertionError, match="what becomes of a frame"):
        Port().send(cancel(bytes(20)))


def test_only_a_link_can_be_asked_for_a_sign_of_life() -> None:
    with pytest.raises(AssertionError, match="only a link"):
        Port().prove_alive()


def test_failures_call_the_far_end_by_what_it_is_and_its_name() -> None:
    hub, peer = Recorder("rome", is_hub=True), Recorder("peer")
    assert hub.title == f"hub {readable(hub.identity)}"
    hub.name = "rome"
    assert (hub.title, peer.title) == (f"hub rome ({readable(hub.identity)})", f"exchange {readable(peer.identity)}")


def test_a_port_that_never_fills_up_takes_a_long_tale_at_once() -> None:
    port = Recorder("peer")
    port.tell_all(iter([cancel(bytes(20))] * 3))
    assert len(port.taken()) == 3


def test_only_a_link_ever_has_enough() -> None:
    assert not Port().hold(lambda: pytest.fail("nothing is held up"))
