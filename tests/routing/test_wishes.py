"""What they wish who are behind a port, of reports that it cannot take."""

from __future__ import annotations

import pytest

from exchange.routing import wishes
from exchange.routing.wishes import About, Wish
from exchange.wire.frames import encode
from exchange.wire.layouts import Kind
from tests.routing.recorder import Recorder
from tests.routing.waiting import FEED, OTHER, Behind

LIVE = About(FEED, "feed", "nyse.ibm", None)


@pytest.fixture
def behind() -> Behind:
    return Behind()


def test_of_several_the_strictest_counts_and_all_lose(behind: Behind) -> None:
    expected: tuple[bytes, ...] = ()
    for overflow in ("disconnect", "drop-newest", "drop-oldest", "latest"):
        expected += (behind.subscribe(overflow),)
        assert behind.wishes.of(LIVE) == Wish(overflow, expected)


def test_what_is_not_known_counts_as_drop_oldest(behind: Behind) -> None:
    assert behind.wishes.of(LIVE) == Wish("drop-oldest", ())
    wanted = behind.subscribe("whatever")
    assert behind.wishes.of(LIVE) == Wish("drop-oldest", (wanted,))


def test_those_alone_count_whom_the_report_is_for(behind: Behind) -> None:
    behind.subscribe("latest", "log")
    behind.subscribe("latest", "feed", "lse.*")
    behind.subscribe("latest", OTHER)
    mine, by_id = behind.subscribe("disconnect", "feed", "nyse.*"), behind.subscribe("drop-newest", FEED)
    assert behind.wishes.of(LIVE) == Wish("drop-newest", (mine, by_id))


def test_of_what_is_for_one_subscription_that_one_decides_whatever_the_subject(behind: Behind) -> None:
    behind.subscribe("latest")
    wanted = behind.subscribe("drop-newest", pattern="nyse.*")
    assert behind.wishes.of(About(FEED, "feed", "private", wanted)) == Wish("drop-newest", (wanted,))


def test_those_behind_other_ports_do_not_count(behind: Behind) -> None:
    elsewhere = Recorder("elsewhere", attachment=1)
    made = elsewhere.make(1)
    behind.subscriptions.add(elsewhere, encode(Kind.SUBSCRIBE, made, ("feed", "*", "latest", 0)))
    assert behind.wishes.of(LIVE) == behind.wishes.of(LIVE._replace(to=made)) == Wish("drop-oldest", ())


def test_what_is_known_is_forgotten_when_a_subscription_comes_changes_or_goes(behind: Behind) -> None:
    wanted = behind.subscribe("disconnect")
    assert behind.wishes.of(LIVE) == Wish("disconnect", (wanted,))
    behind.subscriptions.add(behind.port, encode(Kind.SUBSCRIBE, wanted, ("feed", "*", "latest", 0)))
    assert behind.wishes.of(LIVE) == Wish("latest", (wanted,))
    behind.subscriptions.remove(behind.port, wanted)
    assert behind.wishes.of(LIVE) == Wish("drop-oldest", ())


def test_of_ever_new_subjects_only_some_are_remembered(behind: Behind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wishes, "MOST_REMEMBERED", 10)
    for number in range(25):
        behind.wishes.of(LIVE._replace(subject=str(number)))
    assert len(behind.wishes._known) <= 10
