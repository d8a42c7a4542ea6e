"""What publishers keep of their reports."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import Deferred

from exchange import Exchange, Hub
from exchange.gateways.dashboard import kept
from exchange.testing import Network
from tests.gateways.dashboard.conftest import Plant


def asked(network: Network, hub: Hub, *names: str) -> dict[str, Any]:
    answer: Any = network.result(Deferred.fromCoroutine(kept.kept_by(hub, names, network.clock)))
    assert isinstance(answer, dict)
    return answer


def test_they_are_told_with_when_they_were_made(network: Network, hub: Hub, peer: Exchange, plant: Plant) -> None:
    plant.publish("speed", {"rpm": 90}, lifetime=-1)
    plant.publish("heat", 40, lifetime=60)
    plant.publish("noise", "not kept", lifetime=0)
    network.clock.advance(5)

    answer = asked(network, hub, "plant")

    rows = {row["subject"]: row for row in answer["rows"]}
    assert set(rows) == {"speed", "heat"}
    assert rows["speed"]["content"] == {"kind": "json", "text": '{"rpm":90}', "cut": False}
    assert rows["speed"]["service"] == "plant"
    assert answer["now"] - rows["heat"]["posted"] == 5
    assert (rows["speed"]["remaining"], rows["heat"]["remaining"]) == (None, 55)
    assert (answer["count"], answer["whole"]) == (2, True)


def test_nothing_is_left_behind(network: Network, hub: Hub, peer: Exchange, plant: Plant) -> None:
    asked(network, hub, "plant", "nobody")

    assert peer.subscribers(plant) == []


def test_a_publisher_that_is_silent_is_not_waited_for(network: Network, hub: Hub, peer: Exchange, plant: Plant) -> None:
    plant.publish("speed", 1, lifetime=-1)
    network.stall(peer)
    answer = Deferred.fromCoroutine(kept.kept_by(hub, ["plant"], network.clock))
    network.clock.advance(kept.PATIENCE)

    told: Any = network.result(answer)

    assert (told["rows"], told["whole"]) == ([], False)
    network.restore(peer)


def test_no_more_are_told_than_can_be_shown(
    network: Network, hub: Hub, peer: Exchange, plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MOST_REPORTS", 3)
    monkeypatch.setattr(kept, "MOST_SERVICES", 1)
    for number in range(5):
        plant.publish(f"subject.{number}", "x" * 10_000, lifetime=-1)

    answer = asked(network, hub, "plant", "another")

    assert (len(answer["rows"]), answer["count"], answer["whole"]) == (3, 5, False)
    assert len(answer["rows"][0]["content"]["text"]) == kept.LONGEST_CONTENT
