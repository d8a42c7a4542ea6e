"""``exchange ping``."""

from __future__ import annotations

import json
import re

import pytest
import pytest_twisted
from twisted.internet.defer import Deferred

from exchange import Exchange, Service
from exchange.wire.identities import readable
from tests.app.cli.conftest import Command, Place

TIME = r"[\d.e-]+ m?s"


@pytest_twisted.ensureDeferred
async def test_the_hub_answers(verb: Command, hub: Place) -> None:
    ended = await verb("ping", "--interval", "0")

    assert ended.status == 0
    assert len(ended.lines) == 6
    assert all(re.fullmatch(rf"hub rome \(\S+\): {TIME}", line) for line in ended.lines[:5])
    summary = rf"5 of 5 answered: min {TIME}, median {TIME}, max {TIME}; linked in {TIME}"
    assert re.fullmatch(summary, ended.lines[5])


@pytest_twisted.ensureDeferred
async def test_a_service_or_one_instance_of_it_answers(verb: Command, hub: Place) -> None:
    (math,) = hub.peer.instances("math")
    told = json.loads((await verb("ping", "math", "-n", "3", "-i", "0", "-o", "json")).out)
    one = await verb("ping", "math", "--instance", readable(math.id)[:5], "-n", "1")

    assert (told["to"], told["sent"], told["answered"]) == ("math", 3, 3)
    assert told["min"] <= told["median"] <= told["max"]
    assert len(told["rounds"]) == 3
    assert one.status == 0


@pytest_twisted.ensureDeferred
async def test_csv_and_jsonl_have_a_row_for_each_round(verb: Command, hub: Place) -> None:
    lines = (await verb("ping", "-n", "2", "-i", "0", "-o", "csv")).lines
    rows = [json.loads(line) for line in (await verb("ping", "-n", "2", "-i", "0", "-o", "jsonl")).lines]

    assert lines[0] == "round,seconds,error"
    assert len(lines) == 3
    assert [(row["round"], row["error"]) for row in rows] == [(1, None), (2, None)]


class Mute(Service):
    """Answers nothing."""

    name = "mute"

    @property
    def common(self):  # type: ignore[no-untyped-def]
        return {}

    def unexported(self, name: str):  # type: ignore[no-untyped-def]
        return lambda: Deferred()


@pytest_twisted.ensureDeferred
async def test_one_that_does_not_answer_is_status_4(verb: Command, hub: Place, other: Exchange) -> None:
    other.add(Mute())
    await hub.shows("mute", 1)

    ended = await verb("ping", "mute", "-n", "2", "-i", "0", "-t", "0.05")

    assert ended.status == 4
    assert ended.lines[-1].startswith("0 of 2 answered; linked in ")
    assert "did not answer within 0.05 seconds" in ended.lines[0]


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["dusk"], 3, "exchange ping: no service named 'dusk' is known at hub rome ("),
        (["math", "--instance", "zz"], 3, "exchange ping: service 'math' has no instance 'zz'"),
        (["--instance", "zz"], 2, "--instance is of a service; name it"),
        (["-n", "0"], 2, "expected a whole number above 0, got '0'"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_whom_nobody_knows_is_told(verb: Command, hub: Place, words: list[str], status: int, told: str) -> None:
    ended = await verb("ping", *words)

    assert ended.status == status
    assert told in ended.err
