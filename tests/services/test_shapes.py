"""Stories of shapes: which values fit an annotation, what becomes of them, and what is said of others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NewType, TypeVar
from uuid import UUID

import pytest

from exchange.services.annotations import AnnotationReader
from exchange.services.shapes import Misfit

Number = NewType("Number", int)
T = TypeVar("T", int, str)


@dataclass
class Point:
    x: float
    y: float = 0.0


def fit(annotation: Any, value: Any) -> Any:
    """Return what becomes of a value that has to fit an annotation."""
    return AnnotationReader().read(annotation).fit(value)


def refusal(annotation: Any, value: Any) -> str:
    """Return what is said of a value that does not fit."""
    with pytest.raises(Misfit) as caught:
        fit(annotation, value)
    return f"value{caught.value.path} {caught.value.problem}"


def test_a_union_says_what_it_takes_or_what_is_wrong_inside() -> None:
    assert refusal(int | str | None, 1.5) == "value must be int | str | None, not float"
    assert refusal(list[int] | None, [1, "2"]) == "value[1] must be int, not str"
    assert fit(float | int, 3) == 3
    assert type(fit(float | int, 3)) is int
    assert type(fit(float | None, 3)) is float


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (int, True),
        (int, 1.0),
        (int, "1"),
        (bool, 1),
        (float, True),
        (str, b"a"),
        (bytes, "a"),
        (date, datetime(2024, 1, 1)),
        (datetime, date(2024, 1, 1)),
        (UUID, str(UUID(int=1))),
        (None, 0),
        (list[int], {1}),
        (list[int], "12"),
        (set[int], {1: 2}),
        (dict[str, int], [("a", 1)]),
        (tuple[int, ...], {1}),
        (Point, [1, 2]),
        (Point, 3),
        (Number, "1"),
        (T, 1.5),
        (complex, 1.0),
        (Exception, 1),
    ],
)
def test_nothing_is_turned_into_something_else(annotation: Any, value: Any) -> None:
    assert " must be " in refusal(annotation, value)


@pytest.mark.parametrize(
    ("annotation", "value", "fitted"),
    [
        (float, 3, 3.0),
        (list[float], (1, 2.5), [1.0, 2.5]),
        (tuple[int, ...], [1, 2], (1, 2)),
        (tuple, [1, "a"], (1, "a")),
        (tuple[()], [], ()),
        (set[int], [1, 2, 2], {1, 2}),
        (frozenset[str], {"a"}, frozenset({"a"})),
        (dict[int, float], {1: 2}, {1: 2.0}),
        (dict, {1: "x"}, {1: "x"}),
        (Point, {"x": 1}, Point(1.0)),
        (Point, Point(1, 2), Point(1, 2)),
        (Point | None, {"x": 1}, Point(1.0)),
        (Number, 4, 4),
        (T, "x", "x"),
        (Any, object, object),
        (Exception, ValueError, None),
    ],
)
def test_what_a_far_end_can_only_send_otherwise_fits(annotation: Any, value: Any, fitted: Any) -> None:
    if annotation is Exception:
        value = fitted = ValueError("an instance of a class that somebody registered")

    assert fit(annotation, value) == fitted
    assert type(fit(annotation, value)) is type(fitted)


def test_what_is_wrong_in_a_table_is_said_with_the_key() -> None:
    assert refusal(dict[str, int], {"a": "x"}) == "value['a'] must be int, not str"
    assert refusal(dict[str, int], {3: 1}) == "value[3], as a key, must be str, not int"


def test_a_literal_is_told_from_what_is_merely_equal() -> None:
    assert fit(Literal[1, "one"], 1) == 1
    assert refusal(Literal[1], True) == "value must be literal[1], not True"
    assert refusal(tuple[int, int], "ab") == "value must be tuple[int, int], not str"


def test_values_that_cannot_be_in_a_set_are_refused() -> None:
    assert "unhashable" in refusal(set[list[int]], [[1]])


def test_an_integer_too_large_for_a_float_is_refused() -> None:
    assert refusal(float, 10**400) == "value must be float, and is an integer too large for one"
