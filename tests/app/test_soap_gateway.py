"""What ``twistd soap-gateway`` plans for its options."""

from __future__ import annotations

from exchange.app.soap_gateway import Options
from exchange.app.tables import GatewayTable
from tests.app.planning import complaint, planned


def test_a_gateway_without_options_is_the_usual_one() -> None:
    plan = planned(Options)

    assert [(each.table, each.hubs) for each in plan.gateways] == [
        (GatewayTable(mount={"/soap": "soap"}), ("tcp:localhost:11111",))
    ]


def test_every_value_of_a_gateway_can_be_given_as_option() -> None:
    words = "--port 1 --path /ws -s a --choice sticky --max-body 7 --errors full"

    assert planned(Options, *words.split()).gateways[0].table == GatewayTable(
        listen="tcp:1:interface=127.0.0.1",
        mount={"/ws": "soap"},
        service_group=["a"],
        choice="sticky",
        max_body=7,
        errors="full",
    )


def test_options_change_the_one_gateway_of_a_file_that_was_chosen(site: str) -> None:
    plan = planned(Options, "--config", site, "--only", "gateways.web", "--path", "/soap")

    assert [each.table.mount for each in plan.gateways] == [{"/soap": "soap"}]


def test_a_wrong_option_is_answered_with_one_line() -> None:
    assert complaint(Options, "--max-body", "0") == "--max-body: expected a number of bytes above 0, got '0'"
