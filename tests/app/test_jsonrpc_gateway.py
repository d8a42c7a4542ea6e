"""What ``twistd jsonrpc-gateway`` plans for its options."""

from __future__ import annotations

import pytest

from exchange.app.jsonrpc_gateway import Options
from exchange.app.tables import GatewayTable
from tests.app.planning import complaint, planned


def test_a_gateway_without_options_is_the_usual_one() -> None:
    plan = planned(Options)

    assert [(each.table, each.hubs) for each in plan.gateways] == [
        (GatewayTable(mount={"/jsonrpc": "jsonrpc"}), ("tcp:localhost:11111",))
    ]


def test_every_value_of_a_gateway_can_be_given_as_option() -> None:
    words = "--port 1 --path /rpc -s a --choice sticky --max-body 7 --max-batch 3"

    assert planned(Options, *words.split()).gateways[0].table == GatewayTable(
        listen="tcp:1:interface=127.0.0.1",
        mount={"/rpc": "jsonrpc"},
        service_group=["a"],
        choice="sticky",
        max_body=7,
        max_batch=3,
    )


def test_the_most_of_a_batch_can_be_given_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_MAX_BATCH", "5")

    assert planned(Options).gateways[0].table.max_batch == 5


def test_options_change_the_one_gateway_of_a_file_that_was_chosen(site: str) -> None:
    plan = planned(Options, "--config", site, "--only", "gateways.web", "--max-batch", "2")

    assert [each.table for each in plan.gateways] == [GatewayTable(listen="tcp:8001", max_body=5, max_batch=2)]


def test_a_wrong_option_is_answered_with_one_line() -> None:
    assert complaint(Options, "--max-batch", "0") == "--max-batch: expected a whole number above 0, got '0'"
