"""``exchange map``."""

from __future__ import annotations

import json

import pytest_twisted

from tests.app.cli.conftest import Command, Mesh
from tests.app.cli.test_map_dot import assert_graph


@pytest_twisted.ensureDeferred
async def test_it_is_told_who_calls_what_over_all_hubs(verb: Command, mesh: Mesh) -> None:
    for at in (mesh.rome, mesh.paris):
        ended = await verb("map", "--hub", at)

        assert (ended.status, ended.err) == (0, "")
        assert ended.lines[0].startswith("math: 1 instance at hub paris")
        assert ended.lines[1].startswith("  called by shop: 3 calls, ")
        assert "shop: 1 instance at hub rome" in ended.out
        assert "hub paris: linked with rome" in ended.lines


@pytest_twisted.ensureDeferred
async def test_programs_read_it_as_json(verb: Command, mesh: Mesh) -> None:
    by_format, by_output = (
        await verb("map", "--format", "json", "--hub", mesh.rome),
        await verb("map", "-o", "json", "--hub", mesh.rome),
    )

    told = json.loads(by_format.out)
    assert [(each["offers"], each["service"], each["calls"]) for each in told["calls"]] == [(["shop"], "math", 3)]
    assert json.loads(by_output.out)["calls"] == told["calls"]


@pytest_twisted.ensureDeferred
async def test_who_calls_and_hears_may_be_rows(verb: Command, mesh: Mesh) -> None:
    ended = await verb("map", "-o", "jsonl", "--hub", mesh.rome)

    (row,) = map(json.loads, ended.lines)
    assert (row["service"], row["who"], row["by"], row["calls"], row["failed"]) == ("math", "shop", "calling", 3, 0)


@pytest_twisted.ensureDeferred
async def test_graphviz_reads_it_as_dot(verb: Command, mesh: Mesh) -> None:
    ended = await verb("map", "--format", "dot", "--hub", mesh.rome)

    assert (ended.status, ended.err) == (0, "")
    assert_graph(ended.lines)
    assert '  n2 -> n1 [label="3"];' in ended.lines


@pytest_twisted.ensureDeferred
async def test_rates_are_those_between_two_looks(verb: Command, mesh: Mesh) -> None:
    ended = await verb("map", "--rates", "0.1", "--hub", mesh.rome)

    assert "  called by shop: 3 calls, 0 a second, " in ended.out


@pytest_twisted.ensureDeferred
async def test_formats_are_three(verb: Command, mesh: Mesh) -> None:
    assert (await verb("map", "--format", "csv", "--hub", mesh.rome)).status == 2
    assert (await verb("map", "--rates", "0", "--hub", mesh.rome)).status == 2
