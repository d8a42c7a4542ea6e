"""A few hundred seeds of random life: every call ends once, none runs twice, no answer lies."""

from __future__ import annotations

import pytest

from exchange.errors import ServiceWithdrawn
from exchange.routing import forwarding
from tests.simulation.moves import Move, moves_of
from tests.simulation.simulate import Size, describe_failure, main, simulate

pytestmark = pytest.mark.heavy

SEEDS_PER_TEST = 25
MOVES = 300


@pytest.mark.parametrize("first", range(0, 250, SEEDS_PER_TEST))
def test_every_promise_is_kept(first: int) -> None:
    for seed in range(first, first + SEEDS_PER_TEST):
        try:
            simulate(moves_of(seed, MOVES))
        except Exception as error:
            pytest.fail(describe_failure(seed, Size(MOVES), error))


def test_a_life_goes_the_same_way_every_time() -> None:
    one, other = simulate(moves_of(3, MOVES)), simulate(moves_of(3, MOVES))

    assert one.ledger.entries == other.ledger.entries
    assert [hub.switch.counters for hub in one.hubs] == [hub.switch.counters for hub in other.hubs]


def test_much_happens_in_a_life() -> None:
    ended: set[str] = set()
    for seed in range(20):
        ended |= simulate(moves_of(seed, MOVES)).ledger.ended.keys()

    expected = {"reply", "cancelled", "timed out", "died", "LinkLost", "MethodUnavailable", "Overloaded"}
    assert ended >= expected | {"RemoteError", "ServiceUnavailable", "ServiceWithdrawn", "WayGone"}


def test_a_large_mesh_keeps_its_promises_too() -> None:
    size = Size(moves=1_500, hubs=12, peers=60)
    life = size.live(size.life(1))

    assert life.ledger.ended["reply"] > 100


def test_nothing_happens_without_moves() -> None:
    assert simulate([]).ledger.entries == {}
    assert simulate([Move("cancel", 1, 2, 3), Move("cut", 1, 2, 3)]).ledger.entries == {}


def test_many_seeds_are_told_of_in_two_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seeds", "2", "--moves", "200"]) == 0
    lines = capsys.readouterr().out.splitlines()

    assert len(lines) == 2
    assert lines[0].startswith("2 seeds, ")


def test_a_failure_is_told_with_the_fewest_moves_and_how_to_make_them_again(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = ServiceWithdrawn("lost", delivered=False)
    monkeypatch.setattr(forwarding, "lost", lambda *about: lost)

    assert main(["--seeds", "60", "--moves", "400"]) == 1
    lines = capsys.readouterr().out.splitlines()

    assert "that it was not delivered" in lines[0]
    assert len(lines) < 40
    assert lines[-1].startswith("again: make simulate FIRST=")
