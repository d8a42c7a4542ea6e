from __future__ import annotations

from typing import Any

import pytest

from exchange import Report, Service
from exchange.netsvc.binding import Binding
from exchange.netsvc.hearing import Hearing
from exchange.testing import Network


class News(Service):
    name = "news"


def test_a_hearing_hears_in_each_exchange_that_it_joined_until_it_is_cancelled(network: Network) -> None:
    exchanges = [network.peer(), network.peer()]
    services = [News(), News()]
    for exchange, service in zip(exchanges, services, strict=True):
        exchange.add(service)
    heard: list[Any] = []

    def told(binding: Binding, content: Any, report: Report) -> None:
        heard.append((exchanges.index(binding.through), content, report.subject))

    def publisher_of(exchange: Any, report: Report) -> Binding | None:
        return Binding(exchange, exchange.instances()[0]) if report.subject != "elsewhere" else None

    hearing = Hearing("news", "*", told, publisher_of, exchanges[:1])
    services[1].publish("early", 1)
    hearing.join(exchanges[1])
    for number, service in enumerate(services):
        service.publish("late", number)
        service.publish("elsewhere", number)
    network.settle()
    assert heard == [(0, 0, "late"), (1, 1, "late")]

    hearing.cancel()
    services[0].publish("late", 2)
    network.settle()
    assert len(heard) == 2


def test_what_cannot_be_subscribed_to_raises(network: Network) -> None:
    with pytest.raises(ValueError, match=r"."):
        Hearing("news", "*" * 2000, lambda *told: None, lambda *told: None, [network.peer()])
