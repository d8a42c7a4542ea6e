"""``exchange links``."""

from __future__ import annotations

import json
from typing import Any

import pytest_twisted

from exchange import Rule
from exchange.app.cli.links import rows_about
from exchange.app.cli.mesh import HubAnswer, HubRow
from exchange.wire.identities import readable
from tests.app.cli.conftest import Command, Mesh, started_hub


@pytest_twisted.ensureDeferred
async def test_the_links_of_the_hub_that_answers_are_shown(verb: Command, mesh: Mesh) -> None:
    ended = await verb("links", "--hub", mesh.rome)

    assert (ended.status, ended.err) == (0, "")
    shop = next(line for line in ended.lines if line.startswith(readable(mesh.shop.identity)))
    assert shop.split()[1:3] == ["-", "peer"]
    assert shop.rstrip(" -").endswith("shop")
    assert any(line.split()[1:3] == ["paris", "hub"] for line in ended.lines)


@pytest_twisted.ensureDeferred
async def test_those_of_all_hubs_are_shown_with_the_hub(verb: Command, mesh: Mesh) -> None:
    ended = await verb("links", "--all-hubs", "--hub", mesh.rome, "-o", "jsonl")

    rows = [json.loads(line) for line in ended.lines]
    found = {(row["hub"], row["id"]): row for row in rows}
    math = found["paris", readable(mesh.math.identity)]
    assert (math["role"], math["offers"], math["instances"]) == ("peer", ["math"], 1)
    assert math["frames_in"] > 0
    assert math["age"] >= 0
    assert ("rome", readable(mesh.shop.identity)) in found
    assert {hub for hub, _ in found} == {"rome", "paris"}


@pytest_twisted.ensureDeferred
async def test_there_may_be_more_than_are_shown(verb: Command, mesh: Mesh) -> None:
    ended = await verb("links", "--hub", mesh.rome, "--most", "1")

    assert len(ended.lines) == 2
    assert ended.err.startswith("hub rome: and ")
    assert ended.err.endswith(" more; see --most\n")


@pytest_twisted.ensureDeferred
async def test_who_may_not_administer_the_hub_is_told_nothing(verb: Command) -> None:
    hub, at = await started_hub("oslo", policy=[Rule(principal=("admin",), administer=("*",))])
    try:
        ended = [await verb(*words, "--hub", at) for words in (["links"], ["hubs"], ["map"], ["top"], ["kick", "a"])]
    finally:
        await hub.stopService()

    assert [(each.status, each.out) for each in ended] == [(6, "")] * 5
    assert all("may not administer '$exchange'" in each.err for each in ended)


def test_states_are_words_and_hubs_that_told_nothing_have_no_rows() -> None:
    hub = HubRow("rome", "id1", bytes(16), {})
    link: dict[str, Any] = {"id": "a", "since": 90.0, "congested": True, "suspected": True, "leaving": False}

    rows = rows_about([HubAnswer(hub, {"rows": [link]}), HubAnswer(hub, {}, "did not answer")], 100.0)

    assert [(row["hub"], row["age"], row["state"]) for row in rows] == [("rome", 10.0, "cannot keep up, silent")]
