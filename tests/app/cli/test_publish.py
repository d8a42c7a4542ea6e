"""``exchange publish``: reports of a service that is there for as long as it takes."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.task import deferLater

from exchange import Exchange, Report, Rule
from tests.app.cli.conftest import Command, Place, started_hub

Heard = list[tuple[str, Any, bool]]


@pytest.fixture
def heard(other: Exchange) -> Iterator[Heard]:
    """What somebody hears who subscribes to the service ``feed``."""
    reports: Heard = []

    def seen(content: Any, report: Report) -> None:
        reports.append((report.subject, content, report.retained))

    subscription = other.subscribe("feed", "nyse.*", seen)
    yield reports
    subscription.cancel()


async def until(heard: Heard, count: int) -> None:
    while len(heard) < count:
        await deferLater(reactor, 0.01)


@pytest_twisted.ensureDeferred
async def test_a_report_reaches_those_who_subscribe_and_the_service_is_gone_then(
    verb: Command, hub: Place, heard: Heard
) -> None:
    ended = await verb("publish", "feed", "nyse.ibm", '{"price": 101.5}')

    assert ended == (0, "published nyse.ibm to 1 subscription\n", "")
    await until(heard, 1)
    assert heard == [("nyse.ibm", {"price": 101.5}, False)]
    await hub.shows("feed", 0)


@pytest_twisted.ensureDeferred
async def test_programs_are_told_of_each_report(verb: Command, hub: Place, heard: Heard) -> None:
    words = ("feed", "nyse.ibm", "7", "--count", "2", "--interval", "0")
    rows = json.loads((await verb("publish", *words, "-o", "json")).out)

    assert [(row["service"], row["subject"], row["value"], row["subscriptions"]) for row in rows] == [
        ("feed", "nyse.ibm", 7, 1)
    ] * 2
    assert (await verb("publish", *words, "-o", "csv", "--quiet")).out == ""


@pytest_twisted.ensureDeferred
async def test_where_nobody_subscribes_it_waits_no_longer_than_asked(verb: Command, hub: Place) -> None:
    ended = await verb("publish", "feed", "nyse.ibm", "1", "--wait", "0.05")

    assert ended == (0, "published nyse.ibm to nobody: no one subscribes\n", "")


@pytest_twisted.ensureDeferred
async def test_it_is_published_as_often_as_asked(verb: Command, hub: Place, heard: Heard) -> None:
    ended = await verb("publish", "feed", "nyse.ibm", "beat", "--count", "3", "--interval", "0.01", "--quiet")

    assert ended == (0, "", "")
    await until(heard, 3)
    assert heard == [("nyse.ibm", "beat", False)] * 3


@pytest_twisted.ensureDeferred
async def test_one_with_a_lifetime_is_kept_as_long_as_that_lasts(verb: Command, hub: Place, other: Exchange) -> None:
    running = verb("publish", "feed", "nyse.ibm", "7", "--lifetime", "0.6", "--wait", "0")
    await verb.printed("it is kept")
    heard: Heard = []

    def seen(content: Any, report: Report) -> None:
        heard.append((report.subject, content, report.retained))

    other.subscribe("feed", "*", seen)
    await until(heard, 1)

    assert heard == [("nyse.ibm", 7, True)]
    assert (await running).status == 0
    await hub.shows("feed", 0)


@pytest_twisted.ensureDeferred
async def test_it_stays_for_ever_until_ctrl_c_or_for_as_long_as_said(verb: Command, hub: Place) -> None:
    running = verb("publish", "feed", "nyse.ibm", "7", "--lifetime", "for-ever", "--wait", "0")
    await verb.printed("it is kept")
    verb.interrupt()
    assert (await running).status == 130

    ended = await verb("publish", "feed", "a", "7", "--lifetime", "for-ever", "--wait", "0", "--for", "0.05")
    assert ended.status == 0


@pytest_twisted.ensureDeferred
async def test_each_line_of_standard_input_may_be_a_report(
    verb: Command, hub: Place, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("1\n\ntwo words\n[3]"))

    ended = await verb("publish", "feed", "nyse.ibm", "-")

    assert len(ended.lines) == 4
    await until(heard, 4)
    assert [content for _, content, _ in heard] == [1, "", "two words", [3]]


@pytest_twisted.ensureDeferred
async def test_what_the_hub_does_not_let_one_offer_is_status_6(verb: Command) -> None:
    strict, at = await started_hub("strict", policy=[Rule(principal=("*",), watch=("*",), call=("*",))])

    ended = await verb("publish", "feed", "a", "1", "--hub", at)

    assert ended.status == 6
    assert "may not offer 'feed'" in ended.err
    await strict.stopService()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["feed", "a"], "the following arguments are required: VALUE"),
        (["$x", "a", "1"], "exchange publish: "),
        (["feed", "a\n", "1", "--wait", "0"], "exchange publish: "),
        (["feed", "a", "1", "--lifetime", "long"], "expected a number of seconds, 0 or more, got 'long'"),
        (["feed", "a", "1", "--lifetime", "-1"], "expected "),
    ],
)
@pytest_twisted.ensureDeferred
async def test_what_cannot_be_published_is_status_2(verb: Command, hub: Place, words: list[str], told: str) -> None:
    ended = await verb("publish", *words)

    assert (ended.status, ended.out) == (2, "")
    assert told in ended.err
