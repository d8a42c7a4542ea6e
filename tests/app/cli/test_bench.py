"""``exchange bench``."""

from __future__ import annotations

import json

import pytest_twisted

from exchange import Rule
from tests.app.cli.conftest import Command, Place, started_hub


@pytest_twisted.ensureDeferred
async def test_a_method_is_called_so_often_and_the_figures_told(verb: Command, hub: Place) -> None:
    ended = await verb("bench", "math.multiply", "6", "7", "--calls", "50", "--outstanding", "10", "-o", "json")

    row = json.loads(ended.out)
    assert ended.status == 0
    assert (row["target"], row["outstanding"], row["calls"], row["failed"]) == ("math.multiply", 10, 50, 0)
    assert 0 < row["min"] <= row["p50"] <= row["p99"] <= row["p999"] <= row["max"]
    assert row["rate"] > 0


@pytest_twisted.ensureDeferred
async def test_without_a_method_it_calls_an_echo_of_its_own_and_leaves_nothing(verb: Command, hub: Place) -> None:
    ended = await verb("bench", "--seconds", "0.1", "--size", "1000")

    assert (ended.status, ended.err) == (0, "")
    assert ended.lines[0].split() == ["target", "its", "own", "echo"]
    assert [line.split() for line in ended.lines if line.startswith("bytes")] == [
        ["bytes", "in", "each", "call", "1000"]
    ]
    assert hub.hub.watch("exchange-bench").instances == []


@pytest_twisted.ensureDeferred
async def test_reports_may_be_measured_in_place_of_calls(verb: Command, hub: Place) -> None:
    ended = await verb("bench", "--reports", "--calls", "300", "--size", "10", "-o", "json")

    row = json.loads(ended.out)
    assert (ended.status, row["target"], row["calls"], row["failed"]) == (0, "its own reports", 300, 0)
    assert (await verb("bench", "math.multiply", "--reports")).status == 2


@pytest_twisted.ensureDeferred
async def test_what_cannot_be_called_at_all_is_told_as_call_tells_it(verb: Command, hub: Place) -> None:
    ended = await verb("bench", "nobody.there")

    assert ended.status == 3
    assert ended.err.startswith("exchange bench: no service named 'nobody' is known at hub rome")


@pytest_twisted.ensureDeferred
async def test_a_method_that_raises_is_not_measured(verb: Command, hub: Place) -> None:
    ended = await verb("bench", "math.divide", "1", "0", "--calls", "9")

    assert (ended.status, ended.out) == (1, "")
    assert "ZeroDivisionError" in ended.err


@pytest_twisted.ensureDeferred
async def test_words_that_do_not_go_together_are_status_2(verb: Command, hub: Place) -> None:
    assert (await verb("bench", "math.multiply", "--size", "3")).status == 2
    assert (await verb("bench", "--size", "much")).status == 2
    assert (await verb("bench", "--outstanding", "0")).status == 2


@pytest_twisted.ensureDeferred
async def test_where_the_echo_may_not_be_offered_it_is_status_6_at_once(verb: Command) -> None:
    hub, at = await started_hub("oslo", policy=[Rule(principal=("*",), call=("math.*",))])
    try:
        ended = await verb("bench", "--hub", at)
    finally:
        await hub.stopService()

    assert (ended.status, ended.out) == (6, "")
    assert "may not offer 'exchange-bench' here" in ended.err
