"""Links that cannot keep up, all the time: what must not be lost is not, whatever waits and whatever is left out."""

from __future__ import annotations

import pytest

from exchange.wire.frames import Frame
from exchange.wire.identities import Identity
from tests.simulation import end
from tests.simulation.moves import BRIDGED, CONGESTED, moves_of
from tests.simulation.simulate import simulate

pytestmark = pytest.mark.heavy

SEEDS = range(30)
MOVES = 300


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many reports were left out, for each subscription that was told."""
    told: list[int] = []
    notice = end.notice

    def counted(identity: Identity, subscription: bytes, count: int) -> Frame:
        told.append(count)
        return notice(identity, subscription, count)

    monkeypatch.setattr(end, "notice", counted)
    return told


def test_every_promise_is_kept_over_links_that_cannot_keep_up(counts: list[int]) -> None:
    for seed in SEEDS:
        simulate(moves_of(seed, MOVES, weights=CONGESTED, shape=0))
    assert counts
    assert min(counts) > 0


def test_and_over_bridges_too() -> None:
    for seed in SEEDS[:10]:
        weights = BRIDGED | {name: CONGESTED[name] for name in ("congest", "publish", "subscribe")}
        simulate(moves_of(seed, MOVES, weights=weights, shape=1 + seed % 4))
