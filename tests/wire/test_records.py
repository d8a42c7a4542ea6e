"""Dataclasses on the wire: dicts of their fields, wherever they stand."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import InitVar, dataclass, field
from enum import Enum, IntEnum
from typing import Any, NamedTuple

import pytest

from exchange.errors import UnsuitableValue
from exchange.wire.extensions import register_type
from exchange.wire.limits import DEEPEST
from exchange.wire.records import fields_of, is_record, without_records
from exchange.wire.values import decode_request, decode_value, encode_request, encode_value


@dataclass(frozen=True)
class Point:
    x: Any
    y: Any = 0


@dataclass
class Odd:
    kept: int
    factor: InitVar[int] = 2
    derived: int = field(init=False, default=0)

    def __post_init__(self, factor: int) -> None:
        self.derived = self.kept * factor


@dataclass
class Many(list[int]):
    name: str = ""


class Pair(NamedTuple):
    one: Any
    other: Any


class Weather(Enum):
    DRY = "dry"
    WET = 4
    HERE = Point(1)
    PAIR = (1, 2)
    HUGE = 1 << 80
    WRONG = object()


class Speed(IntEnum):
    SLOW = 1


class Sealed:
    def __init__(self, inside: Any) -> None:
        self.inside = inside


register_type(Sealed, "tests.records.Sealed", lambda sealed: sealed.inside, Sealed)


def sent(value: Any) -> Any:
    return decode_value(encode_value(value, 52), 44)


@pytest.mark.parametrize(
    ("value", "arrives"),
    [
        (Point(1, 2), {"x": 1, "y": 2}),
        ([Point(1)], [{"x": 1, "y": 0}]),
        ((Point(1), "a"), ({"x": 1, "y": 0}, "a")),
        ({"a": Point(1), 2: {3}}, {"a": {"x": 1, "y": 0}, 2: {3}}),
        (Point(Point(1), [Point(2)]), {"x": {"x": 1, "y": 0}, "y": [{"x": 2, "y": 0}]}),
        (OrderedDict(a=Point(1)), {"a": {"x": 1, "y": 0}}),
        (Pair(Point(1), 2), ({"x": 1, "y": 0}, 2)),
        ([Point(1), b"a", frozenset({1}), None, 1 << 80], [{"x": 1, "y": 0}, b"a", frozenset({1}), None, 1 << 80]),
    ],
)
def test_a_dataclass_is_sent_as_the_dict_of_its_fields(value: Any, arrives: Any) -> None:
    assert sent(value) == arrives


@pytest.mark.parametrize(
    ("value", "arrives"),
    [
        (Weather.DRY, "dry"),
        ([Weather.WET, Weather.DRY], [4, "dry"]),
        ({Weather.DRY: {Weather.WET}}, {"dry": {4}}),
        (Speed.SLOW, 1),
        (Point(Weather.DRY, [Weather.WET]), {"x": "dry", "y": [4]}),
        (Weather.HERE, {"x": 1, "y": 0}),
        ([Weather.PAIR, Weather.HUGE], [(1, 2), 1 << 80]),
    ],
)
def test_a_member_of_an_enum_is_sent_as_its_value(value: Any, arrives: Any) -> None:
    assert sent(value) == arrives


def test_it_may_be_an_argument_too() -> None:
    assert decode_request(encode_request([Point(1)], {"to": Point(2)}))[:2] == (
        [{"x": 1, "y": 0}],
        {"to": {"x": 2, "y": 0}},
    )


def test_only_fields_with_which_another_can_be_made_are_sent() -> None:
    assert fields_of(Odd(3)) == {"kept": 3}


def test_what_travels_as_something_else_stays_that() -> None:
    assert sent(Many()) == []
    assert sent([Point(1), Sealed(2)])[1].inside == 2
    assert sent([Sealed(Point(1))])[0].inside == {"x": 1, "y": 0}
    assert without_records([Point(1), Many()])[1] == []


def test_the_class_itself_is_no_record() -> None:
    assert is_record(Point(1))
    assert not is_record(Point)
    assert not is_record(1)
    with pytest.raises(UnsuitableValue, match="a value of type 'builtins.type' cannot be sent"):
        sent([Point(1), Point])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Point(object()), "result.x: a value of type 'builtins.object' cannot be sent; register_type can teach how"),
        (
            [Point(1, {"a": object()})],
            "result[0].y['a']: a value of type 'builtins.object' cannot be sent; register_type can teach how",
        ),
        (
            [1, Weather.WRONG],
            "result[1]: a value of type 'builtins.object' cannot be sent; register_type can teach how",
        ),
        ({Point(1)}, "result: a dataclass travels as a dict, which can be neither a key nor an item of a set"),
        ({Point(1): 1}, "result: a dataclass travels as a dict, which can be neither a key nor an item of a set"),
    ],
)
def test_what_cannot_be_sent_is_told_with_the_path_to_it(value: Any, text: str) -> None:
    with pytest.raises(UnsuitableValue) as caught:
        sent(value)
    assert str(caught.value) == text


def test_dataclasses_stand_one_in_another_as_deep_as_other_containers() -> None:
    def nested(depth: int) -> Any:
        value: Any = "a text so long that the body is longer than what needs no look at all, and so is looked at"
        for place in range(depth):
            value = Point(value) if place % 2 else [value]
        return value

    assert sent(nested(DEEPEST)) is not None
    for depth in (DEEPEST + 1, DEEPEST + 2, 400, 900):
        with pytest.raises(UnsuitableValue, match=f"more than {DEEPEST} containers stand one in another"):
            sent(nested(depth))


def test_one_that_holds_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(Point(loop))

    with pytest.raises(UnsuitableValue, match=f"more than {DEEPEST} containers stand one in another"):
        sent(loop)
