"""Hubs of the first version of the wire, of today's and of a later one work in one mesh."""

from __future__ import annotations

import pytest

from exchange.wire.frames import encode
from exchange.wire.layouts import Kind
from exchange.wire.reader import FrameReader
from tests.simulation import world
from tests.simulation.moves import moves_of
from tests.simulation.simulate import simulate
from tests.simulation.versions import Writes, as_first, as_later, as_today

pytestmark = pytest.mark.heavy

REQUEST = encode(Kind.REQUEST, bytes(20), ("math", "multiply", None), b"arguments")[3]
HELLO = encode(Kind.HELLO, b"", ((1,), "hub", "", bytes(32), 7, "open", {}))[3]
PONG = encode(Kind.PONG, b"", (3,))[3]
REPLY = encode(Kind.REPLY, bytes(20), (), b"result")[3]


@pytest.mark.parametrize("data", [REQUEST, HELLO])
def test_the_first_version_leaves_out_what_it_says_nothing_by(data: bytes) -> None:
    assert len(as_first(data)) < len(as_today(data))
    assert read(as_first(data)) == read(data)


@pytest.mark.parametrize("data", [PONG, REPLY])
def test_of_some_frames_the_first_version_can_leave_out_nothing(data: bytes) -> None:
    assert as_first(data) == as_today(data)


@pytest.mark.parametrize("data", [REQUEST, HELLO, PONG, REPLY])
def test_a_later_version_says_what_nobody_knows_yet(data: bytes) -> None:
    assert len(as_later(data)) > len(as_today(data))
    assert read(as_later(data)) == read(data)


@pytest.mark.parametrize("others", [as_first, as_later])
@pytest.mark.parametrize("seed", range(15))
def test_they_keep_every_promise_in_one_mesh(seed: int, others: Writes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world, "WRITES", (as_today, others))

    life = simulate(moves_of(seed, 250, hubs=3))

    assert life.ledger.ended["reply"] > 0


def read(data: bytes) -> tuple[object, ...]:
    (frame,) = FrameReader(1 << 20).feed(data)
    return frame[:3]
