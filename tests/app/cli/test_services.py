"""``exchange services``."""

from __future__ import annotations

import json
from typing import Any

import pytest
import pytest_twisted

from exchange import Exchange
from exchange.wire.identities import readable
from tests.app.cli.conftest import Command, Math, Place


def ids_of(place: Place, name: str) -> list[str]:
    return sorted(readable(each.id) for each in place.peer.instances(name))


@pytest_twisted.ensureDeferred
async def test_each_instance_has_a_line(verb: Command, hub: Place) -> None:
    ended = await verb("services")

    assert ended.status == 0
    (math,), press = ids_of(hub, "math"), ids_of(hub, "plant.press")
    assert [line.split() for line in ended.lines] == [
        ["NAME", "INSTANCE", "GROUPS", "PRINCIPAL", "NOTES"],
        ["math", math, "web-services,", "plant", "-", "-"],
        *(["plant.press", each, "-", "-", "-"] for each in press),
    ]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["math"], ["math"]),
        (["plant.*"], ["plant.press", "plant.press"]),
        (["--in", "plant"], ["math"]),
        (["--service-group", "plant"], ["math"]),
        (["-s", "nowhere"], []),
        (["none*"], []),
    ],
)
@pytest_twisted.ensureDeferred
async def test_a_pattern_or_a_group_chooses(verb: Command, hub: Place, words: list[str], names: list[str]) -> None:
    ended = await verb("services", "-o", "json", *words)

    assert ended.status == 0
    assert [row["name"] for row in json.loads(ended.out)] == names


@pytest_twisted.ensureDeferred
async def test_programs_get_all_that_is_known(verb: Command, hub: Place) -> None:
    (row,) = json.loads((await verb("services", "math", "--json")).out)

    (math,) = hub.peer.instances("math")
    assert row == {
        "name": "math",
        "instance": readable(math.id),
        "groups": ["web-services", "plant"],
        "principal": None,
        "audience": "*",
        "path": [],
        "digest": math.digest.hex(),
        "id": math.id.hex(),
        "notes": [],
    }


@pytest_twisted.ensureDeferred
async def test_csv_and_jsonl_have_a_row_for_each(verb: Command, hub: Place) -> None:
    assert len((await verb("services", "-o", "jsonl")).lines) == 3
    lines = (await verb("services", "-o", "csv")).lines
    assert lines[0] == "name,instance,groups,principal,audience,path,digest,id,notes"
    assert len(lines) == 4


@pytest_twisted.ensureDeferred
async def test_a_name_that_nobody_has_is_status_3(verb: Command, hub: Place) -> None:
    ended = await verb("services", "dusk")

    assert (ended.status, ended.out) == (3, "")
    assert ended.err.startswith("exchange services: no service named 'dusk' is known at hub rome (")


@pytest_twisted.ensureDeferred
async def test_where_nothing_fits_people_are_told_on_standard_error(verb: Command, hub: Place) -> None:
    assert await verb("services", "--in", "nowhere") == (0, "", "no services\n")


@pytest_twisted.ensureDeferred
async def test_a_group_that_cannot_be_is_status_2(verb: Command, hub: Place) -> None:
    ended = await verb("services", "--in", "$x")

    assert ended.status == 2
    assert "no service group can be named '$x'" in ended.err


@pytest_twisted.ensureDeferred
async def test_instances_that_offer_different_things_are_noted(verb: Command, hub: Place, other: Exchange) -> None:
    changed = Math()
    changed.export(len, "size")
    other.add(changed)
    await hub.shows("math", 2)

    rows: list[dict[str, Any]] = json.loads((await verb("services", "-j")).out)

    assert [row["notes"] for row in rows] == [["drift"], ["drift"], [], []]


@pytest_twisted.ensureDeferred
async def test_watch_goes_on_with_what_comes_and_goes(verb: Command, hub: Place, other: Exchange) -> None:
    running = verb("services", "math", "--watch", "-o", "jsonl", "--count", "3")
    await verb.printed("came")
    second = Math()
    other.add(second)
    await verb.printed(readable(other.id_of(second)))
    other.remove(second)

    ended = await running

    assert ended.status == 0
    changes = [json.loads(line) for line in ended.lines]
    assert [(each["change"], each["name"], each["reason"]) for each in changes] == [
        ("came", "math", None),
        ("came", "math", None),
        ("went", "math", "withdrawn"),
    ]
