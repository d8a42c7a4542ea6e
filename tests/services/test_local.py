"""The local port: whatever the switch sends there, the right part takes."""

from __future__ import annotations

import pytest

from exchange import Exchange
from exchange.services.local import LocalPort
from exchange.testing import Network
from exchange.wire.frames import Frame, encode
from exchange.wire.layouts import Kind
from tests.logbook import Logbook
from tests.services.offered import Math, Sleepy


def test_each_kind_of_frame_goes_to_the_part_that_it_is_for_at_once() -> None:
    taken: list[tuple[str, Frame]] = []
    port = LocalPort()
    port.handlers = {
        Kind.REPLY: lambda frame: taken.append(("calls", frame)),
        Kind.CANCEL: lambda frame: taken.append(("invoker", frame)),
    }
    reply, cancel = encode(Kind.REPLY, bytes(20)), encode(Kind.CANCEL, bytes(20))
    port.send(cancel)
    port.send(reply)
    assert taken == [("invoker", cancel), ("calls", reply)]


def test_it_takes_frames_of_any_size_and_is_never_congested() -> None:
    port = LocalPort()
    assert port.max_frame > 1 << 40
    assert not port.congested


def test_what_a_part_raises_is_logged_and_costs_no_link(logbook: Logbook) -> None:
    def refuse(frame: Frame) -> None:
        raise ValueError("not me")

    port = LocalPort()
    port.handlers = {Kind.REPLY: refuse, Kind.REQUEST: refuse}
    port.send(encode(Kind.REPLY, bytes(20)))
    assert logbook.failures() == ["ValueError: not me"]
    with pytest.raises(ValueError, match="not me"):
        port.send(encode(Kind.REQUEST, bytes(20), ("math", "multiply", None)))


def test_so_does_what_is_raised_to_end_the_process(logbook: Logbook) -> None:
    def leave(frame: Frame) -> None:
        raise SystemExit(1)

    port = LocalPort()
    port.handlers = {Kind.REPORT: leave}
    port.send(encode(Kind.REPORT, bytes(20), ("feed", "a", None, False, False)))
    assert logbook.failures() == ["SystemExit: 1"]


def test_a_caller_who_fires_the_answer_himself_loses_no_link(network: Network, logbook: Logbook) -> None:
    def linked(*peers: Exchange) -> list[int]:
        return [peer.outstanding().links for peer in peers]

    network.hub()
    caller, callee, sleepy = network.peer(), network.peer(), Sleepy()
    callee.add(sleepy)
    callee.add(Math())
    network.settle()
    answer = caller.call("sleepy", "sleep")
    network.settle()
    answer.callback("fired by hand")
    sleepy.asleep[0].callback("the sun")
    network.settle()
    (told,) = logbook.failures()
    assert told.startswith("AlreadyCalledError")
    assert linked(caller, callee) == [1, 1]
    assert network.result(caller.call("math", "multiply", 6, 7)) == 42
