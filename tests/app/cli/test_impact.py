"""``exchange impact``."""

from __future__ import annotations

import json

import pytest
import pytest_twisted

from exchange.app.cli.impact import remaining, rows_about
from exchange.app.cli.mapping import Hearing, Map, Party, Traffic
from exchange.errors import ServiceUnavailable
from exchange.wire.identities import readable
from tests.app.cli.conftest import Command, Mesh, Place


@pytest_twisted.ensureDeferred
async def test_those_are_told_who_would_notice(verb: Command, mesh: Mesh) -> None:
    ended = await verb("impact", "math", "--hub", mesh.paris)

    assert (ended.status, ended.err) == (0, "")
    assert ended.lines[0] == "math has 1 instance; if it went, 1 party would notice:"
    assert ended.lines[2].split()[:6] == ["shop", "calling", "math", "1", "3", "0"]


@pytest_twisted.ensureDeferred
async def test_nobody_may_notice(verb: Command, mesh: Mesh) -> None:
    ended = await verb("impact", "shop", "--hub", mesh.rome)

    assert (ended.status, ended.lines) == (
        0,
        ["shop has 1 instance, and nobody is known who would notice if it went"],
    )


@pytest_twisted.ensureDeferred
async def test_programs_get_rows(verb: Command, mesh: Mesh) -> None:
    (row,) = json.loads((await verb("impact", "math", "--deep", "-o", "json", "--hub", mesh.rome)).out)

    assert (row["who"], row["by"], row["through"], row["depth"], row["calls"]) == ("shop", "calling", "math", 1, 3)


@pytest_twisted.ensureDeferred
async def test_a_service_that_nobody_knows_is_status_3(verb: Command, mesh: Mesh) -> None:
    ended = await verb("impact", "maths", "--hub", mesh.rome)

    assert (ended.status, ended.out) == (3, "")
    assert ended.err == "exchange impact: nobody offers, calls or hears a service named 'maths'\n"


@pytest_twisted.ensureDeferred
async def test_so_is_an_instance_that_nobody_knows(verb: Command, mesh: Mesh) -> None:
    ended = await verb("impact", "math", "--instance", "zzz", "--hub", mesh.rome)

    assert ended.status == 3
    assert ended.err.startswith("exchange impact: no instance of 'math' with the id 'zzz'; there is ")


@pytest_twisted.ensureDeferred
async def test_without_one_of_several_it_is_told_who_remains(verb: Command, hub: Place) -> None:
    await hub.hub.call("plant.press", "$ping", wait=5)
    one, other = sorted(readable(presence.id) for presence in hub.hub.watch("plant.press").instances)

    ended = await verb("impact", "plant.press", "--instance", one)

    assert ended.lines[0].startswith(
        f"plant.press has 2 instances; without {one} there remain {other} at hub rome; of "
    )


SHOP, DESK, ADMIN = Party(("shop",), "", ""), Party(("desk", "math"), "", ""), Party((), "admin", "")


def chain() -> Map:
    """Return a map in which ``shop`` calls ``math``, ``desk`` calls ``shop``, and ``admin`` hears ``desk``."""
    return Map(
        calls={
            (SHOP, "math"): Traffic(calls=5, last=90.0, processes={"s1"}),
            (DESK, "shop"): Traffic(calls=2),
            (SHOP, "desk"): Traffic(calls=1),
        },
        hearings={(ADMIN, "desk"): Hearing({"b", "a"}, {"x", "y"})},
        instances={"math": [{"id": "m.1"}, {"id": "m.2"}, {"id": "n.1"}]},
    )


def test_with_deep_those_too_who_use_what_uses_it_each_service_once() -> None:
    rows = list(rows_about(chain(), "math", 100.0, is_deep=True))

    assert [(row["who"], row["by"], row["through"], row["depth"]) for row in rows] == [
        ("shop", "calling", "math", 1),
        ("desk, math", "calling", "shop", 2),
        ("shop", "calling", "desk", 3),
        ("admin", "hearing", "desk", 3),
    ]
    assert (rows[0]["age"], rows[0]["processes"], rows[1]["age"]) == (10.0, 1, None)
    assert (rows[3]["patterns"], rows[3]["processes"]) == (["a", "b"], 2)
    assert len(list(rows_about(chain(), "math", 100.0, is_deep=False))) == 1


def test_without_one_instance_the_others_remain() -> None:
    assert [row["id"] for row in remaining(chain(), "math", "n")] == ["m.1", "m.2"]
    assert remaining(chain(), "math", None) == []
    with pytest.raises(ServiceUnavailable, match=r"several instances of 'math' with the id 'm'; there is m\.1, m\.2"):
        remaining(chain(), "math", "m")
