"""The map of a mesh, put together from what hubs tell."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.app.cli.mapping import Map, Party, as_plain
from exchange.app.cli.mesh import HubAnswer, HubRow

ROME = HubRow("rome", "rome1234", b"r" * 16, {}, is_own=True)
PARIS = HubRow("paris", "pari1234", b"p" * 16, {})
SHOP = Party(("shop",), "", "")


def usage(caller: str, service: str, calls: int = 1, **more: Any) -> dict[str, Any]:
    return {"caller": caller, "principal": None, "offers": [], "service": service, "calls": calls, "last": 50.0, **more}


def table(hub: HubRow, *rows: dict[str, Any]) -> HubAnswer:
    return HubAnswer(hub, {"count": len(rows), "rows": list(rows)})


@pytest.fixture
def found() -> Map:
    """A map of two hubs, three callers and two who hear."""
    made = Map()
    made.add_hubs(
        [
            HubAnswer(ROME, {"hubs": [{"name": "paris", "id": "pari1234"}]}),
            HubAnswer(PARIS, {}, "did not answer"),
        ]
    )
    made.add_instances(
        [{"name": "math", "id": "m.1", "at": "hub paris (pari1234)"}, {"name": "math", "id": "m.2", "here": True}], ROME
    )
    made.add_usage(
        [
            table(
                ROME,
                usage("s1", "math", 10, offers=["shop"], failures={"57": 2}, seconds=0.5),
                usage("s2", "math", 5, offers=["shop"], failures={"57": 1, "cancelled": 1}, seconds=0.25, last=60.0),
                usage("", "math", 1, principal="desk"),
                usage("x9", "$exchange"),
            ),
            table(PARIS, usage("d4", "shop", 2)),
        ]
    )
    heard = {"subscriber": "s1", "principal": None, "offers": ["shop"], "service": "press", "pattern": "a.*"}
    watched = {"subscriber": "g7", "service": "$exchange", "pattern": "instance.*"}
    made.add_subscriptions([table(ROME, heard, watched), table(PARIS, heard, heard | {"pattern": "b"})])
    return made


def test_those_who_offer_the_same_as_the_same_principal_are_one_party(found: Map) -> None:
    (first, traffic), (second, other) = found.callers("math")

    assert (first, traffic.calls, traffic.processes, traffic.last) == (SHOP, 15, {"s1", "s2"}, 60.0)
    assert (traffic.failures, traffic.failed, traffic.mean) == ({"57": 3, "cancelled": 1}, 4, 0.05)
    assert (second, other.calls, other.processes) == (Party((), "desk", ""), 1, set())
    assert [party.id for party, _ in found.callers("shop")] == ["d4"]


def test_what_is_asked_of_hubs_themselves_is_not_on_it(found: Map) -> None:
    assert found.services() == ["math", "press", "shop"]
    assert found.watching == {"g7"}


def test_a_subscription_of_which_two_hubs_tell_is_one(found: Map) -> None:
    ((party, hearing),) = found.hearers("press")

    assert (party, hearing.patterns, hearing.processes) == (SHOP, {"a.*", "b"}, {"s1"})


def test_instances_are_told_with_the_hub_at_which_they_are(found: Map) -> None:
    assert [row["at"] for row in found.instances["math"]] == ["hub paris", "hub rome"]


def test_rates_are_what_came_since_an_earlier_look(found: Map) -> None:
    before = Map()
    before.add_usage([table(ROME, usage("s1", "math", 5, offers=["shop"]))])

    found.add_rates(before, 2.0)

    assert [traffic.rate for _, traffic in found.callers("math")] == [5.0, 0.5]


def test_parties_are_known_by_what_they_offer_their_principal_or_their_id() -> None:
    parties = [Party(("a", "b"), "", ""), Party(("a",), "press", ""), Party((), "press", ""), Party((), "", "h7.1")]

    assert [party.title for party in parties] == ["a, b", "a as press", "press", "h7.1"]
    assert Party((), "", "").title == "somebody who is gone"


def test_programs_get_all_of_it(found: Map) -> None:
    plain = as_plain(found)

    assert plain["hubs"] == [
        {"name": "rome", "id": "rome1234", "error": None},
        {"name": "paris", "id": "pari1234", "error": "did not answer"},
    ]
    assert plain["links"] == [["paris", "rome"]]
    assert [(each["name"], len(each["instances"])) for each in plain["services"]] == [
        ("math", 2),
        ("press", 0),
        ("shop", 0),
    ]
    assert plain["calls"][0] == {
        "offers": ["shop"],
        "principal": None,
        "id": None,
        "service": "math",
        "processes": 2,
        "calls": 15,
        "failures": {"57": 3, "cancelled": 1},
        "mean": 0.05,
        "last": 60.0,
        "rate": None,
    }
    assert plain["subscriptions"] == [
        {
            "offers": ["shop"],
            "principal": None,
            "id": None,
            "service": "press",
            "patterns": ["a.*", "b"],
            "processes": 1,
        }
    ]
    assert plain["watching"] == 1


def test_what_a_hub_of_another_version_tells_otherwise_is_taken_for_nothing() -> None:
    made = Map()

    made.add_usage([table(ROME, {"service": "math", "calls": "many", "failures": 3, "offers": None, "last": True})])
    made.add_hubs([HubAnswer(ROME, {})])

    assert [(traffic.calls, traffic.failures) for _, traffic in made.callers("math")] == [(0, {})]
