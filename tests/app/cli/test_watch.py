"""``exchange watch``: services, reports and links, as they come and go."""

from __future__ import annotations

import csv
import io
import json

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.task import deferLater

from exchange import Exchange, Rule, Service
from exchange.wire.identities import readable
from tests.app.cli.conftest import Command, Math, Place, started_hub
from tests.system.processes import free_port


class Feed(Service):
    """Publishes."""

    name = "feed"


@pytest_twisted.ensureDeferred
async def test_people_see_services_come_and_go(verb: Command, hub: Place, other: Exchange) -> None:
    running = verb("watch", "services", "shop*", "--in", "plant")
    await verb.printed("TIME")
    shop = Math()
    shop.name = "shop.nuts"
    other.add(shop)
    thing = readable(other.id_of(shop))
    await verb.printed(thing)
    shop.leave("plant")
    await verb.printed("went")
    verb.interrupt()

    ended = await running

    assert (ended.status, ended.err) == (130, "")
    heading, came, went = (line.split() for line in ended.lines)
    assert heading == ["TIME", "CHANGE", "NAME", "INSTANCE", "GROUPS", "PRINCIPAL", "NOTES", "REASON"]
    assert came[1:4] == ["came", "shop.nuts", thing]
    assert [went[1], went[-1]] == ["went", "left"]


@pytest_twisted.ensureDeferred
async def test_watching_ends_after_the_time_that_is_given(verb: Command, hub: Place) -> None:
    ended = await verb("watch", "services", "--for", "0.1", "-o", "json")

    assert ended.status == 0
    assert sorted(row["name"] for row in json.loads(ended.out)) == ["math", "plant.press", "plant.press"]


@pytest_twisted.ensureDeferred
async def test_what_is_watched_goes_on_when_the_hub_is_back(verb: Command) -> None:
    rome, at = await started_hub("rome")
    running = verb("watch", "services", "--hub", at, "-o", "jsonl", "--count", "1")
    while not rome.outstanding().links:
        await deferLater(reactor, 0.01)
    await rome.stopService()
    again, _ = await started_hub("rome", at=at)
    again.add(Math())

    ended = await running

    assert [json.loads(line)["name"] for line in ended.lines] == ["math"]
    await again.stopService()


@pytest_twisted.ensureDeferred
async def test_reports_that_are_kept_and_those_that_come(verb: Command, hub: Place, other: Exchange) -> None:
    feed = Feed()
    other.add(feed)
    feed.publish("nyse.ibm", {"price": 101, "note": "\x1b[2J"}, lifetime=60)
    feed.publish("ftse.bp", 7, lifetime=60)
    running = verb("watch", "reports", "feed", "nyse.*", "--count", "2", "-o", "csv")
    await verb.printed("nyse.ibm")
    feed.publish("nyse.ibm", 102)

    ended = await running

    first, second = csv.DictReader(io.StringIO(ended.out, newline=""))
    assert (first["subject"], first["value"], first["retained"]) == (
        "nyse.ibm",
        '{"price": 101, "note": "\\u001b[2J"}',
        "true",
    )
    assert (second["value"], second["retained"], second["number"], second["skipped"]) == ("102", "false", "2", "0")


@pytest_twisted.ensureDeferred
async def test_links_at_the_hub_that_are_opened_and_closed(verb: Command, hub: Place) -> None:
    running = verb("watch", "links", "--interval", "0.02", "-o", "jsonl")
    await verb.printed("came")
    exchange = Exchange(reactor)
    exchange.connect(hub.at)
    exchange.startService()
    await exchange.when_linked()
    thing = readable(exchange.identity)
    await verb.printed(thing)
    await exchange.stopService()
    await verb.printed("went")
    verb.interrupt()

    changes = [json.loads(line) for line in (await running).lines]

    mine = [(each["change"], each["role"]) for each in changes if each["id"] == thing]
    assert mine == [("came", "peer"), ("went", "peer")]


@pytest_twisted.ensureDeferred
async def test_links_are_watched_on_when_the_hub_is_back(verb: Command) -> None:
    rome, at = await started_hub("rome")
    running = verb("watch", "links", "--hub", at, "-o", "jsonl", "--interval", "0.02")
    await verb.printed("came")
    await rome.stopService()
    await deferLater(reactor, 0.1)
    again, _ = await started_hub("rome", at=at)
    stranger = Exchange(reactor)
    stranger.connect(at)
    stranger.startService()
    await verb.printed(readable(stranger.identity))
    verb.interrupt()

    assert (await running).status == 130
    await stranger.stopService()
    await again.stopService()


@pytest_twisted.ensureDeferred
async def test_links_are_watched_for_so_long_or_so_many(verb: Command, hub: Place) -> None:
    assert len((await verb("watch", "links", "--for", "0.05", "--interval", "0.02")).lines) == 3
    assert len((await verb("watch", "links", "--count", "1")).lines) == 2


@pytest_twisted.ensureDeferred
async def test_reports_that_the_hub_denies_are_status_6(verb: Command) -> None:
    strict, at = await started_hub("strict", policy=[Rule(principal=("*",), watch=("*",), offer=("*",))])
    strict.add(Feed())

    ended = await verb("watch", "reports", "feed", "--hub", at, "--for", "20")

    assert ended.status == 6
    assert "subscribe" in ended.err
    await strict.stopService()


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        ([], 2, "the following arguments are required: services|reports|links"),
        (["groups"], 2, "invalid choice: 'groups'"),
        (["reports"], 2, "the following arguments are required: SERVICE"),
        (["links", "--interval", "0"], 2, "expected a number of seconds above 0, got '0'"),
        (["services", "--count", "0"], 2, "expected a whole number above 0, got '0'"),
        (["reports", "$x"], 2, "exchange watch: no service can be named '$x'"),
        (["services", "a\n"], 2, "exchange watch: the pattern of a watch must be text"),
        (["links", "--hub", f"localhost:{free_port()}"], 5, "exchange watch: no hub at tcp:localhost:"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_what_cannot_be_watched_is_a_line_and_a_status(
    verb: Command, hub: Place, words: list[str], status: int, told: str
) -> None:
    ended = await verb("watch", *words)

    assert ended.status == status
    assert told in ended.err.splitlines()[-1]
