"""``exchange top``."""

from __future__ import annotations

import json

import pytest
import pytest_twisted

from exchange.app.cli import top
from tests.app.cli.conftest import Command, Mesh


@pytest_twisted.ensureDeferred
async def test_once_is_two_tables(verb: Command, mesh: Mesh) -> None:
    ended = await verb("top", "--once", "--interval", "0.1", "--hub", mesh.rome)

    assert (ended.status, ended.err) == (0, "")
    assert ended.lines[0].split()[:2] == ["SERVICE", "CALLS/S"]
    assert ended.lines[1].split()[0] == "math"
    assert ended.lines[3].split()[:2] == ["HUB", "LINK"]
    assert all(line.startswith("rome ") for line in ended.lines[4:])


@pytest_twisted.ensureDeferred
async def test_rows_follow_one_another_for_programs(verb: Command, mesh: Mesh) -> None:
    words = ("top", "--all-hubs", "--count", "2", "--interval", "0.1", "--most", "2", "-o", "jsonl")

    rows = [json.loads(line) for line in (await verb(*words, "--hub", mesh.rome)).lines]

    assert len({row["time"] for row in rows}) == 2
    (first, second) = [row for row in rows if row["kind"] == "service"]
    assert (first["name"], first["calls"], first["rate"]) == (second["name"], 3, 0.0) == ("math", 3, 0.0)
    assert len([row for row in rows if row["kind"] == "link"]) == 4
    assert max(row["bytes_in"] or 0 for row in rows) > 0


@pytest_twisted.ensureDeferred
async def test_where_there_is_no_terminal_people_get_rows_too(verb: Command, mesh: Mesh) -> None:
    ended = await verb("top", "--count", "2", "-i", "0.05", "--hub", mesh.paris)

    assert [line.split()[0] for line in ended.lines].count("KIND") == 1
    assert "\x1b" not in ended.out


@pytest_twisted.ensureDeferred
async def test_on_a_terminal_the_tables_are_shown_in_place(
    verb: Command, mesh: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(top, "is_terminal", lambda: True)

    ended = await verb("top", "--count", "2", "-i", "0.05", "--hub", mesh.rome)

    assert ended.out.count("\x1b[2J\x1b[H") == 2
    assert ended.out.count("SERVICE ") == 2


@pytest_twisted.ensureDeferred
async def test_it_goes_on_until_it_is_interrupted(verb: Command, mesh: Mesh) -> None:
    running = verb("top", "-i", "0.05", "-o", "csv", "--hub", mesh.rome)
    await verb.printed("\r\n")
    verb.interrupt()

    ended = await running

    assert (ended.status, ended.err) == (130, "")
    assert ended.out.startswith("time,kind,name,hub,id,rate,errors,mean,p50,p99,")
