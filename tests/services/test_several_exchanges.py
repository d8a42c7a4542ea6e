"""A service in several exchanges: what it keeps is kept in each; and calls that say who makes them."""

from __future__ import annotations

from typing import Any

import pytest

from exchange import Service, current_call, method
from exchange.testing import Network


class News(Service):
    name = "news"

    @method
    def who(self) -> list[Any]:
        """Return what is known of the caller."""
        call = current_call()
        return [call.instance, call.user, call.properties]


def test_what_was_published_before_a_service_was_added_elsewhere_is_kept_there_too(network: Network) -> None:
    first, second = network.peer(), network.peer()
    news = News()
    first.add(news)
    news.publish("ever", 1, lifetime=-1)
    news.publish("ever", 2, lifetime=-1)
    news.publish("soon", 3, lifetime=5)
    news.publish("now", 4)
    network.clock.advance(3)
    second.add(news)
    heard: list[Any] = []
    second.subscribe("news", "*", lambda content, report: heard.append((content, report.number, report.remaining)))
    network.settle()
    assert heard == [(2, 2, None), (3, 1, pytest.approx(2))]

    news.publish("ever", 5)
    network.settle()
    assert heard[2:] == [(5, 3, 0)], "its numbers go on, so nothing newer is taken for old"


def test_a_call_says_for_which_service_or_user_it_is_made(network: Network) -> None:
    network.hub()
    far, near = network.peer(), network.peer()
    far.add(News())
    caller = Service()
    near.add(caller)
    network.settle()
    instance = network.result(near.call_for(caller, "news", "who", ()))
    assert instance == [near.id_of(caller), None, {}]
    user = network.result(near.call_for(None, "news", "who", (), user="joe", properties={"REMOTE_ADDR": "::1"}))
    assert user == [None, "joe", {"REMOTE_ADDR": "::1"}]


def test_a_call_is_not_made_for_a_service_that_was_not_added(network: Network) -> None:
    with pytest.raises(ValueError, match="is not at exchange"):
        network.peer().call_for(Service(), "news", "who", ())
