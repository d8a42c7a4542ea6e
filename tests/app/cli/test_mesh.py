"""Asking the hubs of a mesh, in memory."""

from __future__ import annotations

import argparse
from typing import Any

import pytest
from twisted.internet.defer import Deferred

from exchange import Exchange, Hub, Rule
from exchange.app.cli.mesh import HubRow, ask, find_hub, hubs_of, left_out, rows_of
from exchange.app.cli.output import Output
from exchange.app.cli.working import Work
from exchange.errors import CallRefused, ServiceUnavailable
from exchange.testing import Network


def work_of(exchange: Exchange) -> Work:
    return Work(exchange, argparse.Namespace(timeout=5.0), Output("text"), 0.0)


@pytest.fixture
def hubs(network: Network) -> tuple[Hub, Hub]:
    """Two hubs that are linked."""
    rome = network.hub("rome")
    return rome, network.hub("paris", join=[rome])


def result(network: Network, coroutine: Any) -> Any:
    return network.result(Deferred.fromCoroutine(coroutine))


def test_the_hub_that_one_is_linked_with_comes_first_and_each_is_asked(network: Network, hubs: tuple[Hub, Hub]) -> None:
    work = work_of(network.peer(hubs[1]))

    known = result(network, hubs_of(work))
    answers = result(network, ask(work, known, "overview"))

    assert [(hub.name, hub.identity, hub.is_own) for hub in known] == [
        ("paris", hubs[1].identity, True),
        ("rome", hubs[0].identity, False),
    ]
    assert [(answer.answer["name"], answer.error) for answer in answers] == [("paris", ""), ("rome", "")]


def test_what_another_hub_does_not_answer_is_told_and_the_own_must_answer(network: Network) -> None:
    rome = network.hub("rome")
    paris = network.hub("paris", join=[rome], policy=[Rule(principal=("admin",), administer=("*",))])
    here, there = work_of(network.peer(rome)), work_of(network.peer(paris))

    own, other = result(network, ask(here, result(network, hubs_of(here)), "links"))

    assert (own.error, own.answer["count"]) == ("", 2)
    assert other.answer == {}
    assert "may not administer '$exchange'" in other.error
    with pytest.raises(CallRefused):
        result(network, hubs_of(there))


def row(name: str, thing: str) -> HubRow:
    return HubRow(name, thing, bytes(16), {})


def test_a_hub_is_found_by_name_by_id_or_by_how_that_begins() -> None:
    hubs = [row("rome", "h7Qkz2aV"), row("paris", "h8AAAAAA"), row("", "rome2222")]

    assert [find_hub(hubs, text).id for text in ("rome", "h8", "h7Qkz2aV", "rome2")] == [
        "h7Qkz2aV",
        "h8AAAAAA",
        "h7Qkz2aV",
        "rome2222",
    ]
    with pytest.raises(ServiceUnavailable, match=r"several hubs are meant by 'h': rome \(h7Qkz2aV\), paris"):
        find_hub(hubs, "h")
    with pytest.raises(ServiceUnavailable, match="there is no hub 'oslo' here; there is rome"):
        find_hub(hubs, "oslo")


def test_rows_that_are_left_out_are_counted() -> None:
    assert (rows_of({"rows": [{"id": 1}, 2]}), left_out({"count": 7, "rows": [{}, {}]})) == ([{"id": 1}], 5)
    assert (rows_of({}), left_out({}), left_out({"count": "many"})) == ([], 0, 0)
