"""What is common to all ports."""

from __future__ import annotations

import pytest
from zope.interface.verify import verifyObject

from exchange.interfaces import IPort
from exchange.routing.port import Port
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
