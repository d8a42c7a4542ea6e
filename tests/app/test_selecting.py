"""Which services a gateway shows, as its table says."""

from __future__ import annotations

from typing import Any

import pytest

from exchange import Service
from exchange.app.selecting import is_selected, selection_of
from exchange.app.tables import GatewayTable
from exchange.errors import ConfigurationError
from exchange.testing import Network


class Math(Service):
    name = "math"
    groups = ("web-services", "more")
    audience = "plant"


@pytest.mark.parametrize(
    ("keys", "is_shown"),
    [
        ({}, True),
        ({"service_group": "other"}, False),
        ({"service_group": ["other", "more"]}, True),
        ({"service": "math"}, True),
        ({"service": "maths"}, False),
        ({"audience": "plant"}, True),
        ({"audience": "*"}, True),
        ({"audience": "office"}, False),
    ],
)
def test_what_a_table_selects_is_what_its_gateway_shows(network: Network, keys: dict[str, Any], is_shown: bool) -> None:
    hub, table = network.hub(group="plant"), GatewayTable(**keys)
    hub.add(Math())

    selection = selection_of(table, hub, "here")

    assert selection.names == (["math"] if is_shown else [])
    assert is_selected(Math(), table) == is_shown


def test_a_choice_goes_with_it(network: Network) -> None:
    hub = network.hub()
    math = Math()
    hub.add(math)

    assert selection_of(GatewayTable(choice="sticky"), hub, "here").find("math") == hub.id_of(math)


@pytest.mark.parametrize(("label", "before"), [("site.toml: [gateways.web]", "site.toml: [gateways.web] "), ("", "--")])
def test_a_name_that_no_service_has_is_refused(network: Network, label: str, before: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        selection_of(GatewayTable(service="$exchange"), network.hub(), label)
    assert str(caught.value).startswith(f"{before}service: no service can be named '$exchange'")
