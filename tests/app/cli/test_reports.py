"""``exchange reports``: what a service keeps."""

from __future__ import annotations

import json

import pytest
import pytest_twisted

from exchange import Exchange, Rule, Service
from exchange.wire.identities import readable
from tests.app.cli.conftest import Command, Place, started_hub


class Feed(Service):
    """Publishes."""

    name = "feed"


@pytest.fixture
def feed(other: Exchange) -> Feed:
    """A service at the hub that keeps three reports."""
    made = Feed()
    other.add(made)
    made.publish("nyse.ibm", 101.5, lifetime=60)
    made.publish("nyse.t", {"price": 22}, lifetime=-1)
    made.publish("ftse.bp", "\x1b[2J", lifetime=60)
    return made


@pytest_twisted.ensureDeferred
async def test_people_see_what_is_kept_with_its_age(verb: Command, hub: Place, feed: Feed, other: Exchange) -> None:
    await hub.shows("feed", 1)

    ended = await verb("reports", "feed")

    assert ended.status == 0
    thing = readable(other.id_of(feed))
    cells = [line.split() for line in ended.lines]
    assert cells[0] == ["SUBJECT", "AGE", "LEFT", "VALUE", "INSTANCE"]
    assert [(each[0], *each[1:3]) for each in cells[1:]] == [
        ("ftse.bp", "0", "s"),
        ("nyse.ibm", "0", "s"),
        ("nyse.t", "0", "s"),
    ]
    assert cells[1][-2:] == ["\\x1b[2J", thing]
    assert "for ever  " in ended.lines[3]
    assert '{"price": 22}' in ended.lines[3]


@pytest_twisted.ensureDeferred
async def test_programs_read_those_that_fit(verb: Command, hub: Place, feed: Feed) -> None:
    await hub.shows("feed", 1)

    rows = json.loads((await verb("reports", "feed", "nyse.*", "-o", "json")).out)

    assert [(row["subject"], row["value"], row["number"]) for row in rows] == [
        ("nyse.ibm", 101.5, 1),
        ("nyse.t", {"price": 22}, 1),
    ]
    assert 0 <= rows[0]["age"] < 10
    assert 50 < rows[0]["remaining"] <= 60
    assert rows[1]["remaining"] is None


@pytest_twisted.ensureDeferred
async def test_follow_goes_on_with_those_that_come(verb: Command, hub: Place, feed: Feed) -> None:
    await hub.shows("feed", 1)
    running = verb("reports", "feed", "ftse.*", "--follow", "--count", "2", "-o", "jsonl")
    await verb.printed("ftse.bp")
    feed.publish("ftse.bp", 8)

    ended = await running

    assert [json.loads(line)["value"] for line in ended.lines] == ["\x1b[2J", 8]


@pytest_twisted.ensureDeferred
async def test_follow_ends_after_the_time_that_is_given(verb: Command, hub: Place) -> None:
    assert (await verb("reports", "feed", "-f", "--for", "0.05")).status == 0


@pytest_twisted.ensureDeferred
async def test_a_service_that_keeps_nothing_is_no_error_and_one_that_is_not_there_is(verb: Command, hub: Place) -> None:
    assert await verb("reports", "math") == (0, "", "no reports\n")
    missing = await verb("reports", "dusk")
    assert (missing.status, missing.out) == (3, "")
    assert missing.err.startswith("exchange reports: no service named 'dusk' is known at hub rome (")
    assert (await verb("reports", "$x")).status == 2


@pytest_twisted.ensureDeferred
async def test_what_the_hub_denies_is_status_6(verb: Command) -> None:
    strict, at = await started_hub("strict", policy=[Rule(principal=("*",), watch=("*",))])
    strict.add(Feed())

    ended = await verb("reports", "feed", "--hub", at)

    assert ended.status == 6
    assert ended.err.count("\n") == 1
    await strict.stopService()
