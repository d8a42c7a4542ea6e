"""What the hubs of a mesh tell of themselves."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred

from exchange import Exchange, Hub
from exchange.gateways.dashboard.figures import Figures
from exchange.testing import Network


def read(network: Network, hub: Hub) -> dict[str, Any]:
    snapshot: Any = network.result(Deferred.fromCoroutine(Figures(hub).read()))
    assert isinstance(snapshot, dict)
    return snapshot


def test_our_own_hub_tells_all_and_the_others_who_is_there_and_who_calls(
    network: Network, hub: Hub, peer: Exchange
) -> None:
    paris = network.hub("paris", join=[hub])
    caller = network.peer(paris)
    network.result(caller.call("plant", "multiply", 6, 7))

    snapshot = read(network, hub)

    assert snapshot["overview"]["name"] == "rome"
    assert [row["offers"] for row in snapshot["links"]["rows"] if row["role"] == "peer"] == [["plant"]]
    assert [row["name"] for row in snapshot["instances"]["rows"]] == ["plant"]
    assert snapshot["metrics"]["links"] == {"peer": 1, "hub": 1}
    assert "rows" in snapshot["subscriptions"]
    other = snapshot["others"][paris.identity.hex()]
    assert other["overview"]["name"] == "paris"
    assert [(row["service"], row["calls"]) for row in other["usage"]["rows"]] == [("plant", 1)]
    assert {row["role"] for row in other["links"]["rows"]} == {"peer", "hub"}


def test_what_cannot_be_had_is_told_and_the_rest_is_shown(network: Network, hub: Hub, peer: Exchange) -> None:
    paris = network.hub("paris", join=[hub])
    network.stall(paris)
    reading = Deferred.fromCoroutine(Figures(hub).read())
    network.clock.advance(3)

    snapshot: Any = network.result(reading)

    assert snapshot["overview"]["name"] == "rome"
    assert "did not answer within 2 seconds" in snapshot["others"][paris.identity.hex()]["links"]["error"]
    network.restore(paris)
    network.settle()


def test_a_hub_that_does_not_run_is_no_reason_to_fail(network: Network, hub: Hub) -> None:
    idle = Hub(network.clock, "idle")
    snapshot: Any = network.result(Deferred.fromCoroutine(Figures(idle).read()))
    assert set(snapshot) >= {"overview", "links", "others"}
