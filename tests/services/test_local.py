"""The local port: whatever the switch sends there, the right part takes."""

from __future__ import annotations

from exchange.services.local import LocalPort
from exchange.wire.frames import Frame, encode
from exchange.wire.layouts import Kind


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
