"""Stories of records: a dict becomes a dataclass, or it is said why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pytest

from exchange.services.annotations import AnnotationReader
from exchange.services.shapes import Misfit
from tests.services.orders import Line


class Address(TypedDict):
    city: str
    street: NotRequired[str]


@dataclass
class Nothing:
    pass


made: list[int] = []


@dataclass
class Sum:
    left: Sum | Product | list[Sum | Product] | int

    def __post_init__(self) -> None:
        made.append(1)


@dataclass
class Product:
    left: Sum | Product | list[Sum | Product] | int

    def __post_init__(self) -> None:
        made.append(1)


def fit(kind: Any, value: Any) -> Any:
    """Return what becomes of a value."""
    return AnnotationReader().read(kind).fit(value)


def refusal(kind: Any, value: Any) -> str:
    """Return what is said of a value that does not fit."""
    with pytest.raises(Misfit) as caught:
        fit(kind, value)
    return f"it{caught.value.path} {caught.value.problem}"


def test_a_dict_becomes_a_dataclass_and_those_inside_it_too() -> None:
    line = fit(Line, {"article": "a", "extras": [{"article": "b", "made": 3}], "made": 2})

    assert line == Line("a", extras=[Line("b", made=3)], made=2)


def test_an_instance_is_taken_as_it_is() -> None:
    line = Line("a")

    assert fit(Line, line) is line


def test_a_typed_dict_stays_a_dict() -> None:
    assert fit(Address, {"city": "Rome"}) == {"city": "Rome"}
    assert refusal(Address, {"street": "Appia"}) == "it.city is missing; it must be str"
    assert refusal(Address, [1]).endswith("Address, not list")


def test_a_field_that_there_is_not_is_refused_and_those_that_there_are_are_named() -> None:
    assert refusal(Line, {"article": "a", "cuont": 2}).endswith("Line; there is article, count, extras, made")
    assert refusal(Nothing, {3: 4}) == "it.3 is no field of tests.services.test_record.Nothing; there is none"


def test_a_field_that_the_class_computes_cannot_be_given() -> None:
    assert refusal(Line, {"article": "a", "total": 3.0}).startswith("it.total is no field")


def test_what_the_class_itself_refuses_is_refused_with_its_words() -> None:
    assert refusal(Line, {"article": "a", "count": -1}) == (
        "it cannot be tests.services.orders.Line: there is nothing to order"
    )


def nested(depth: int, leaf: Any, in_list: bool) -> Any:
    value = leaf
    for _ in range(depth):
        value = {"left": [value] if in_list else value}
    return value


@pytest.mark.parametrize("in_list", [False, True])
def test_dataclasses_that_hold_each_other_are_not_fitted_twice_as_often_at_each_depth(in_list: bool) -> None:
    made.clear()

    for depth in (12, 50):
        assert type(fit(Sum, nested(depth, {"left": 1}, in_list))) is Sum
        assert "must be" in refusal(Sum, nested(depth, {"left": "far"}, in_list))
    assert len(made) < 10_000


def test_a_union_remembers_nothing_of_the_values_before() -> None:
    shape = AnnotationReader().read(Sum)
    value = {"left": {"left": 1}}
    assert shape.fit(value) == Sum(Sum(1))

    value["left"]["left"] = 2

    assert shape.fit(value) == Sum(Sum(2))
