"""``exchange hubs``."""

from __future__ import annotations

import json
from typing import Any

import pytest_twisted

from exchange.app.cli.hubs import rows_about
from exchange.app.cli.mesh import HubAnswer, HubRow
from exchange.wire.identities import readable
from tests.app.cli.conftest import Command, Mesh


@pytest_twisted.ensureDeferred
async def test_all_hubs_of_the_mesh_are_shown_each_as_it_tells_of_itself(verb: Command, mesh: Mesh) -> None:
    ended = await verb("hubs", "--hub", mesh.paris)

    assert (ended.status, ended.err) == (0, "")
    assert [line.split()[:2] for line in ended.lines] == [
        ["NAME", "ID"],
        ["paris", readable(mesh.hubs[1].identity)],
        ["rome", readable(mesh.hubs[0].identity)],
    ]
    assert ended.lines[1].endswith("  rome         -")


@pytest_twisted.ensureDeferred
async def test_programs_get_what_people_do_and_more(verb: Command, mesh: Mesh) -> None:
    rome, paris = json.loads((await verb("hubs", "--hub", mesh.rome, "-o", "json")).out)

    assert (rome["name"], rome["hubs"], rome["instances"], rome["error"]) == ("rome", ["paris"], 2, None)
    assert (paris["name"], paris["hubs"], paris["suspected"], paris["leaving"]) == ("paris", ["rome"], False, False)
    assert paris["version"] == rome["version"] != ""
    assert paris["uptime"] >= 0


def hub(name: str, number: int, **told: Any) -> HubRow:
    identity = bytes([number]) * 16
    return HubRow(name, f"id{number}", identity, {"name": name, "id": f"id{number}", "identity": identity, **told})


def test_a_hub_that_is_silent_leaving_or_does_not_answer_is_shown_so() -> None:
    rome = hub("rome", 1)._replace(is_own=True)
    rows = rows_about(
        [
            HubAnswer(rome, {"leaving": True, "hubs": [], "started": 10.0, "now": 12.5}),
            HubAnswer(hub("paris", 2, suspected=True), {}, "did not answer"),
        ]
    )

    assert [row["state"] for row in rows] == ["leaving", "silent, did not answer"]
    assert [(row.get("uptime"), row["error"]) for row in rows] == [(2.5, None), (None, "did not answer")]


def test_a_hub_with_which_only_another_is_linked_is_shown_too() -> None:
    rome, paris, oslo = hub("rome", 1)._replace(is_own=True), hub("paris", 2), hub("oslo", 3)

    rows = rows_about([HubAnswer(rome, {"hubs": [paris.told]}), HubAnswer(paris, {"hubs": [rome.told, oslo.told]})])

    assert (rows[2]["name"], rows[2]["state"]) == ("oslo", "linked with paris, but not with rome")
