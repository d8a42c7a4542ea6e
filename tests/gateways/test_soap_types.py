"""How the types of a service look in XML."""

from __future__ import annotations

import pytest

from exchange.gateways.soap_types import declared, literal_kind, types_of
from exchange.gateways.type_text import ANY, TypeNode, read_type
from tests.gateways.soaped import described, parameter

CRANE = described(types={"plant.Point": [parameter("x", "float", "keyword")]})


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("int", "int"),
        ("int | None", "int"),
        ("int | str", "any"),
        ("int | str | None", "any"),
        ("None", "any"),
        ("any", "any"),
        ("list[int]", "list"),
        ("literal['a', 'b', None]", "literal"),
        ("literal[1, 2]", "literal"),
        ("literal['a', 1]", "any"),
        ("literal[b'a']", "any"),
        ("literal[True, False]", "any"),
        ("literal[None]", "any"),
        ("plant.Point | None", "record"),
    ],
)
def test_what_may_be_of_one_type_only_is_declared_as_that(text: str, kind: str) -> None:
    assert declared(read_type(text, CRANE.types)).kind == kind


def test_a_literal_has_a_kind_if_all_its_values_do() -> None:
    assert literal_kind(read_type("literal['a', 'b']")) == "str"
    assert literal_kind(read_type("literal[1, 2]")) == "int"
    assert literal_kind(read_type("literal[1, True]")) is None


def test_the_namespace_is_made_of_the_name_unless_another_is_given() -> None:
    assert types_of(CRANE).namespace == "urn:exchange:service:crane"
    assert types_of(CRANE, "urn:mine").namespace == "urn:mine"


def test_what_is_known_of_a_service_is_found_out_once() -> None:
    again = described(types={"plant.Point": [parameter("x", "float", "keyword")]})

    assert types_of(CRANE) is types_of(again)
    assert types_of(CRANE).read("list[int]") is types_of(again).read("list[int]")
    assert types_of(CRANE).fields("plant.Point") is types_of(again).fields("plant.Point")


def test_a_type_is_found_by_its_name_in_xml() -> None:
    types = types_of(CRANE)

    assert types.record_of(types.record_tag("plant.Point")) == TypeNode("record", "plant.Point")
    assert types.record_of("{urn:other}plant.Point") is None
    assert types.read("plant.Other") is ANY


def test_a_method_is_found_by_the_name_of_its_element() -> None:
    types = types_of(described(methods=["lift it", "plant.lift"]))

    methods = [types.method_of(name) for name in ("lift_x0020_it", "plant.lift", "lift it", "sink")]
    assert [method and method.name for method in methods] == ["lift it", "plant.lift", None, None]


def test_no_answer_is_called_as_a_request_is_or_another_answer() -> None:
    names = ["lift", "liftResponse", "liftResponse_", "liftResponseResponse"]
    crane = described(methods=names)

    answers = [types_of(crane).response_name(crane.methods[name]) for name in names]
    assert answers[0] == "liftResponse__"
    assert answers[1] == "liftResponseResponse_"
    assert len({*names, *answers}) == 8
