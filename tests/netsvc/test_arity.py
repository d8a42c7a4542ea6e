from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from exchange.netsvc.arity import Callback, arity_of, of_failure, of_failure_as_result, of_result, with_one
from exchange.netsvc.failures import ServiceFailure
from exchange.netsvc.records import Failure, Response
from tests.netsvc.stories import Told

RESPONSE = Response("id", 42)
FAILURE = Failure("id", ServiceFailure(1, "Bad", "app", "why"))
FOUR = (1, "Bad", "app", "why")


def anything(*args: Any) -> None:
    """Take whatever comes."""


def defaults(first: Any, second: Any = None) -> None:
    """Take one or two."""


TOLD = Told()


@pytest.mark.parametrize(
    ("callback", "count"),
    [
        (TOLD.nothing, 0),
        (TOLD.one, 1),
        (TOLD.five, 5),
        (defaults, 2),
        (partial(defaults, 1), 1),
        (lambda: None, 0),
        ([].append, 1),
        (dict.fromkeys, 2),
        (dict, 1),
    ],
)
def test_arguments_are_counted_with_those_that_have_defaults(callback: Callback, count: int) -> None:
    assert arity_of(callback) == count


def test_a_callback_takes_the_name_or_nothing() -> None:
    assert with_one(TOLD.nothing, "name") == ()
    assert with_one(TOLD.one, "name") == ("name",)


@pytest.mark.parametrize(
    ("callback", "arguments"),
    [(TOLD.nothing, ()), (TOLD.one, (42,)), (TOLD.two, ("id", 42)), (anything, ("id", 42))],
)
def test_of_a_result_is_told_by_the_number_of_arguments(callback: Callback, arguments: tuple[Any, ...]) -> None:
    assert of_result(callback, RESPONSE) == arguments


@pytest.mark.parametrize(
    ("callback", "arguments"),
    [
        (TOLD.nothing, ()),
        (TOLD.one, ("id",)),
        (TOLD.four, FOUR),
        (TOLD.five, ("id", *FOUR)),
        (anything, ("id", *FOUR)),
    ],
)
def test_of_a_failure_is_told_by_the_number_of_arguments(callback: Callback, arguments: tuple[Any, ...]) -> None:
    assert of_failure(callback, FAILURE) == arguments


@pytest.mark.parametrize(
    ("callback", "arguments"),
    [
        (TOLD.nothing, ()),
        (TOLD.one, (None,)),
        (TOLD.two, ("id", None)),
        (TOLD.four, FOUR),
        (TOLD.five, ("id", *FOUR)),
    ],
)
def test_who_wants_results_too_is_told_of_a_failure_by_none(callback: Callback, arguments: tuple[Any, ...]) -> None:
    assert of_failure_as_result(callback, FAILURE) == arguments
