"""A description as the page needs it."""

from __future__ import annotations

from dataclasses import dataclass

from exchange import Exchange, Hub, Service, method
from exchange.gateways.dashboard.form import form_of
from exchange.testing import Network
from tests.gateways.dashboard.conftest import Plant


@dataclass
class Box:
    """A box."""

    width: int


class Store(Service):
    """Keeps boxes."""

    name = "store"

    @method
    def put(self, box: Box) -> None:
        """Keep a box."""


def test_the_parameters_of_a_method_stand_in_their_order_with_what_makes_inputs(
    network: Network, hub: Hub, peer: Exchange, plant: Plant
) -> None:
    form = form_of(network.result(hub.describe("plant")))

    assert form["name"] == "plant"
    methods = {each["name"]: each for each in form["methods"]}
    assert methods["colour"]["idempotent"]
    assert methods["multiply"]["documentation"] == "Return the product."
    assert methods["multiply"]["parameters"] == [
        {"name": "x", "kind": "either", "type": "float", "required": True, "schema": {"type": "number"}},
        {
            "name": "y",
            "kind": "either",
            "type": "float",
            "required": False,
            "schema": {"type": "number"},
            "default": "2",
        },
        {"name": "more", "kind": "rest-positional", "type": "float", "required": False, "schema": {"type": "number"}},
        {
            "name": "label",
            "kind": "keyword",
            "type": "str | None",
            "required": False,
            "schema": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "default": "null",
        },
    ]
    assert methods["colour"]["parameters"][0]["schema"] == {"enum": ["red", "green"]}


def test_types_with_fields_are_told_too(network: Network, hub: Hub) -> None:
    hub.add(Store())
    form = form_of(network.result(hub.describe("store")))

    (name,) = form["types"]
    assert form["types"][name]["properties"] == {"width": {"type": "integer"}}
    assert form["methods"][0]["parameters"][0]["schema"] == {"$ref": f"#/components/schemas/{name}"}
