"""Which services an exchange offers, and which of them are announced."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import Deferred, fail, succeed

from exchange import Service
from exchange.services.offers import Offers
from exchange.wire.frames import Frame
from exchange.wire.identities import identity_of, make_id
from exchange.wire.layouts import Kind
from tests.logbook import Logbook

IDENTITY = identity_of(bytes(32))


class Alone:
    """Offers whose frames are kept."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.offers = Offers(IDENTITY, self.frames.append, "exchange Zmh6rfhi")

    def said(self) -> list[str]:
        frames, self.frames[:] = list(self.frames), []
        return [Kind(frame[0]).name for frame in frames]


def service(name: str = "feed", **more: Any) -> Service:
    offered = Service()
    offered.name = name
    for attribute, value in more.items():
        setattr(offered, attribute, value)
    return offered


def test_a_service_has_an_id_of_its_exchange_as_long_as_it_is_there() -> None:
    alone, feed, math = Alone(), service(), service("math")
    assert [alone.offers.add(feed), alone.offers.add(math)] == [make_id(IDENTITY, 16), make_id(IDENTITY, 17)]
    assert alone.offers.id_of(math) == make_id(IDENTITY, 17)
    assert alone.offers.things() == [make_id(IDENTITY, 16), make_id(IDENTITY, 17)]
    assert alone.offers.service_of(make_id(IDENTITY, 16)) is feed
    alone.offers.remove(feed)
    assert (feed in alone.offers, math in alone.offers) == (False, True)
    assert alone.offers.service_of(make_id(IDENTITY, 16)) is None
    with pytest.raises(ValueError, match="'feed' is not at exchange"):
        alone.offers.id_of(feed)
    with pytest.raises(ValueError, match="already"):
        alone.offers.add(math)


def test_it_is_announced_when_it_is_prepared_and_withdrawn_when_it_is_removed() -> None:
    alone, feed, ready = Alone(), service(), Deferred[None]()
    alone.offers.add(feed)
    alone.offers.announce_when(feed, ready)
    alone.offers.announce(feed)
    assert alone.said() == []
    ready.callback(None)
    assert alone.said() == ["ANNOUNCE"]
    alone.offers.remove(feed)
    assert alone.said() == ["WITHDRAW"]


def test_what_is_removed_before_it_is_prepared_is_never_spoken_of() -> None:
    alone, feed, ready = Alone(), service(), Deferred[None]()
    alone.offers.add(feed)
    alone.offers.announce_when(feed, ready)
    alone.offers.remove(feed)
    ready.callback(None)
    assert alone.said() == []


def test_what_cannot_be_prepared_is_logged_and_not_announced(logbook: Logbook) -> None:
    alone, feed = Alone(), service()
    alone.offers.add(feed)
    alone.offers.announce_when(feed, fail(OSError("no disk")))
    assert alone.said() == []
    assert logbook.failures() == ["OSError: no disk"]


def test_what_cannot_be_announced_is_said_at_once_if_it_is_prepared_already() -> None:
    alone, feed = Alone(), service()
    alone.offers.add(feed)
    feed.groups = ("bad\x00group",)
    with pytest.raises(ValueError, match="cannot be announced"):
        alone.offers.announce_when(feed, succeed(None))


@pytest.mark.parametrize(
    "wrong", [{"groups": "text"}, {"groups": ("a\x07",)}, {"audience": "\x00"}, {"name": "$feed"}, {"name": "a\nb"}]
)
def test_what_cannot_be_announced_is_not_added(wrong: dict[str, Any]) -> None:
    alone = Alone()
    with pytest.raises(ValueError, match="must be a list|cannot be announced"):
        alone.offers.add(service(**{"name": "feed", **wrong}))
    assert alone.offers.things() == []


@pytest.mark.parametrize("quiet", [{"hidden": True}, {"name": ""}])
def test_who_cannot_be_found_is_not_announced(quiet: dict[str, Any]) -> None:
    alone, offered = Alone(), service(**{"name": "feed", **quiet})
    alone.offers.add(offered)
    alone.offers.announce_when(offered, succeed(None))
    alone.offers.announce_all()
    alone.offers.withdraw_all()
    assert alone.said() == []


def test_all_are_withdrawn_and_announced_again_and_stay_what_they_are() -> None:
    alone = Alone()
    things = [alone.offers.add(service(name)) for name in ("a", "b")]
    alone.offers.announce_all()
    alone.offers.withdraw_all()
    alone.offers.withdraw_all()
    alone.offers.announce_all()
    assert alone.said() == ["ANNOUNCE"] * 2 + ["WITHDRAW"] * 2 + ["ANNOUNCE"] * 2
    assert alone.offers.things() == things


def test_it_is_known_which_services_are_announced() -> None:
    alone, feed = Alone(), service()
    assert not alone.offers.is_announced(feed)
    alone.offers.add(feed)
    assert not alone.offers.is_announced(feed)
    alone.offers.announce(feed)
    assert alone.offers.is_announced(feed)
    alone.offers.withdraw_all()
    assert not alone.offers.is_announced(feed)
