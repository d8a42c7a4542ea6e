"""What happened between two looks at a hub."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.app.cli.rates import Look, link_rows, quantile, service_rows, services_of

BOUNDS = [0.001, 0.01]


def counted(calls: int, buckets: list[int], **outcomes: int) -> dict[str, Any]:
    return {"calls": calls, "outcomes": outcomes, "bounds": BOUNDS, "buckets": buckets, "seconds": calls * 0.001}


def test_what_hubs_count_of_one_service_is_added_up() -> None:
    one, other = {"math": counted(3, [1, 2, 0], reply=3)}, {"math": counted(1, [0, 0, 1], reply=0, **{"57": 1})}

    found = services_of([{"services": one}, {"services": other | {"press": counted(0, [0, 0, 0])}}, {}])

    assert found["math"] == counted(4, [1, 2, 1], reply=3, **{"57": 1}) | {"seconds": pytest.approx(0.004)}
    assert sorted(found) == ["math", "press"]


def test_services_come_with_what_was_called_meanwhile_the_busiest_first() -> None:
    before = Look(10.0, {"math": counted(100, [100, 0, 0], reply=100)}, {})
    now = Look(
        12.0,
        {
            "idle": counted(7, [7, 0, 0], reply=7),
            "math": counted(120, [100, 20, 0], reply=110, cancelled=4, **{"57": 6}),
            "new": counted(200, [0, 0, 0], reply=200),
        },
        {},
    )

    new, math, idle = service_rows(before, now)

    assert (new["name"], new["rate"], new["p50"]) == ("new", 100.0, None)
    assert (math["name"], math["rate"], math["errors"], math["calls"]) == ("math", 10.0, 3.0, 120)
    assert math["failures"] == {"cancelled": 4, "57": 6}
    assert math["mean"] == pytest.approx(0.001)
    assert (math["p50"], math["p99"]) == (pytest.approx(0.0055), pytest.approx(0.00991))
    assert (idle["rate"], idle["calls"]) == (3.5, 7)


def test_a_hub_that_was_started_again_counts_from_the_beginning() -> None:
    before, now = Look(0.0, {"math": counted(100, [0])}, {}), Look(1.0, {"math": counted(5, [0])}, {})

    assert service_rows(before, now)[0]["rate"] == 5.0


def test_links_come_with_what_they_carried_meanwhile() -> None:
    link = {"frames_in": 1, "bytes_in": 100, "frames_out": 0, "bytes_out": 0, "queued": 3, "offers": ["math"]}
    before = Look(0.0, {}, {("rome", "a"): link, ("rome", "b"): link})
    now = Look(2.0, {}, {("rome", "b"): link, ("rome", "a"): link | {"frames_in": 5, "bytes_in": 500}})

    a, b = link_rows(before, now)

    assert (a["hub"], a["id"], a["frames_in"], a["bytes_in"], a["queued"], a["offers"]) == (
        *("rome", "a", 2.0, 200.0),
        *(3, ["math"]),
    )
    assert (b["id"], b["bytes_in"]) == ("b", 0.0)


@pytest.mark.parametrize(
    ("buckets", "part", "value"),
    [
        ([0, 0, 0], 0.5, None),
        ([10, 0, 0], 0.5, 0.0005),
        ([0, 10, 0], 1.0, 0.01),
        ([0, 0, 10], 0.5, 0.01),
        ([5, 0, 5], 0.5, 0.001),
    ],
)
def test_a_quantile_lies_within_its_bucket(buckets: list[int], part: float, value: float | None) -> None:
    assert quantile(BOUNDS, buckets, part) == (None if value is None else pytest.approx(value))
