from __future__ import annotations

from typing import Any

import pytest

from exchange import netsvc
from exchange.netsvc.binding import Binding
from exchange.netsvc.endpoint import ServiceEndPoint
from exchange.netsvc.process import Process
from tests.netsvc.stories import Math


class Calls:
    """Takes the calls of an end point."""

    def __init__(self) -> None:
        self.made: list[tuple[str, tuple[Any, ...]]] = []

    def __call__(self, binding: Binding | None, method: str, params: tuple[Any, ...]) -> str:
        self.made.append((method, params))
        return "id"


def test_attributes_of_attributes_are_a_method_with_dots(here: Process) -> None:
    calls = Calls()
    end_point = ServiceEndPoint(calls, Math().serviceBinding())
    assert end_point.multiply(6, 7) == "id"
    end_point.plant.line.speed()
    end_point._private(1)
    assert calls.made == [("multiply", (6, 7)), ("plant.line.speed", ()), ("_private", (1,))]


def test_one_without_a_service_is_false_and_equal_to_none() -> None:
    nothing = ServiceEndPoint(Calls(), None)
    assert not nothing
    assert nothing == None  # noqa: E711 - as old programs ask
    assert (nothing != None) is False  # noqa: E711
    assert nothing == ServiceEndPoint(Calls(), None)
    assert repr(nothing.multiply) == "<end point None.multiply>"


def test_one_with_a_service_is_true_and_equal_to_another_of_the_same(here: Process, caller: netsvc.Service) -> None:
    math, other = Math(), Math()
    end_point = caller.serviceEndPoint(math.serviceBinding())
    assert end_point
    assert end_point != None  # noqa: E711
    assert end_point == caller.serviceEndPoint("math")
    assert end_point != caller.serviceEndPoint(other.serviceBinding())
    assert end_point != 42
    assert len({end_point, caller.serviceEndPoint("math")}) == 1


def test_an_end_point_itself_cannot_be_called(here: Process) -> None:
    with pytest.raises(TypeError, match="is a service, not a method"):
        ServiceEndPoint(Calls(), Math().serviceBinding())(1)


def test_what_python_asks_an_object_for_is_no_call() -> None:
    calls = Calls()
    with pytest.raises(AttributeError):
        ServiceEndPoint(calls, None).__wrapped__()
    assert calls.made == []
