"""Stories of dataclasses: they travel as dicts, and are dataclasses again where a method is annotated with one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypedDict

import pytest

from exchange import BadArguments, Exchange, Service, method
from exchange.services.export import Export
from exchange.testing import Network

if TYPE_CHECKING:
    from nowhere import Unknown  # type: ignore[import-not-found]


@dataclass
class Point:
    x: Any
    y: Any = 0


@dataclass
class Circle:
    centre: Point
    radius: float = 1.0
    holes: list[Point] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.radius < 0:
            raise ValueError("a radius is not negative")


@dataclass
class Tree:
    left: Tree | Bush | None = None


@dataclass
class Bush:
    left: Tree | Bush | None = None


class Route(TypedDict, total=False):
    begin: Point
    name: str


class Pair(NamedTuple):
    one: Point
    other: int


class Weather(Enum):
    DRY = "dry"
    WET = 4


@dataclass
class Forecast:
    weather: Weather
    maybe: Weather | None = None
    loose: Weather | str = ""
    kept: Literal["a", "b"] = "a"


class Crane(Service):
    """Returns, of whatever comes, how Python writes it."""

    name = "crane"

    @method
    def one(self, to: Point) -> str:
        return repr(to)

    @method
    def maybe(self, to: Point | list[Point] | None = None) -> str:
        return repr(to)

    @method
    def many(self, to: list[Point]) -> str:
        return repr(to)

    @method
    def named(self, to: dict[str, Point]) -> str:
        return repr(to)

    @method
    def pair(self, to: tuple[Point, int] | Point) -> str:
        return repr(to)

    @method
    def named_pair(self, to: Pair) -> str:
        return repr(to)

    @method
    def either(self, to: Point | Circle) -> str:
        return repr(to)

    @method
    def either_or_dict(self, to: Point | dict[str, Any]) -> str:
        return repr(to)

    @method
    def either_or_any(self, to: Point | Any) -> str:
        return repr(to)

    @method
    def either_or_unknown(self, to: Point | Unknown) -> str:
        return repr(to)

    @method
    def nested(self, to: Circle) -> str:
        return repr(to)

    @method
    def route(self, to: Route) -> str:
        return repr(to)

    @method
    def route_or_circle(self, to: Route | Circle) -> str:
        return repr(to)

    @method
    def rest(self, *to: Point, **more: Point) -> str:
        return repr((to, more))

    @method
    def beside(self, unknown: Unknown, to: Point, loose=None) -> str:  # type: ignore[no-untyped-def]
        return repr((unknown, to, loose))

    @method
    def tree(self, to: Tree | Bush) -> int:
        return 1 + (self.tree(to.left) if to.left else 0)

    @method
    def forecast(self, to: Forecast) -> str:
        return repr(to)

    @method
    def weather_or_point(self, to: Weather | Point) -> str:
        return repr(to)

    @method
    def weather(self, to: Weather) -> Forecast:
        return Forecast(Weather.WET, Weather(to))

    @method
    def circle(self) -> Circle:
        return Circle(Point(1), 2.0, [Point(3, 4)])

    @method
    async def circles(self) -> list[Circle]:
        return [Circle(Point(1))]


@pytest.fixture
def peer(network: Network) -> Exchange:
    """An exchange that knows the crane."""
    network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(Crane())
    network.settle()
    return caller


@pytest.mark.parametrize(
    ("name", "value", "arrives"),
    [
        ("one", {"x": 1}, "Point(x=1, y=0)"),
        ("one", {"y": {"x": 2}, "x": "far"}, "Point(x='far', y={'x': 2})"),
        ("one", Point(1, 2), "Point(x=1, y=2)"),
        ("one", 5, "5"),
        ("one", None, "None"),
        ("maybe", {"x": 1}, "Point(x=1, y=0)"),
        ("maybe", None, "None"),
        ("maybe", [{"x": 1}], "[Point(x=1, y=0)]"),
        ("maybe", "far", "'far'"),
        ("many", [{"x": 1}, {"x": 2}], "[Point(x=1, y=0), Point(x=2, y=0)]"),
        ("many", ({"x": 1}, 5), "(Point(x=1, y=0), 5)"),
        ("many", {"x": 1}, "{'x': 1}"),
        ("named", {"a": {"x": 1}}, "{'a': Point(x=1, y=0)}"),
        ("named", [1], "[1]"),
        ("pair", ({"x": 1}, 2), "(Point(x=1, y=0), 2)"),
        ("pair", [{"x": 1}], "[{'x': 1}]"),
        ("named_pair", [{"x": 1}, 2], "[Point(x=1, y=0), 2]"),
        ("named_pair", [{"x": 1}], "[{'x': 1}]"),
        ("either", {"x": 1}, "Point(x=1, y=0)"),
        ("either", {"centre": {"x": 1}}, "Circle(centre=Point(x=1, y=0), radius=1.0, holes=[])"),
        ("either", 5, "5"),
        ("either_or_dict", {"x": 1}, "{'x': 1}"),
        ("either_or_any", {"x": 1}, "Point(x=1, y=0)"),
        ("either_or_any", {"z": 1}, "{'z': 1}"),
        ("either_or_unknown", {"x": 1}, "{'x': 1}"),
        (
            "nested",
            {"centre": {"x": 1}, "holes": [{"x": 2}]},
            "Circle(centre=Point(x=1, y=0), radius=1.0, holes=[Point(x=2, y=0)])",
        ),
        ("nested", Circle(Point(1)), "Circle(centre=Point(x=1, y=0), radius=1.0, holes=[])"),
        ("route", {"begin": {"x": 1}, "more": 2}, "{'begin': Point(x=1, y=0), 'more': 2}"),
        ("route", 5, "5"),
        ("forecast", {"weather": "dry"}, f"Forecast(weather={Weather.DRY!r}, maybe=None, loose='', kept='a')"),
        (
            "forecast",
            {"weather": "damp", "maybe": 4, "loose": "dry", "kept": "b"},
            f"Forecast(weather='damp', maybe={Weather.WET!r}, loose='dry', kept='b')",
        ),
        ("forecast", Forecast(Weather.WET), f"Forecast(weather={Weather.WET!r}, maybe=None, loose='', kept='a')"),
        ("weather_or_point", {"x": 1}, "Point(x=1, y=0)"),
        ("weather_or_point", "dry", repr(Weather.DRY)),
        ("route_or_circle", {"begin": {"x": 1}}, "{'begin': Point(x=1, y=0)}"),
        ("route_or_circle", {"centre": {"x": 1}}, "Circle(centre=Point(x=1, y=0), radius=1.0, holes=[])"),
    ],
)
def test_a_dict_is_the_dataclass_again_and_all_else_stays_as_it_came(
    name: str, value: Any, arrives: str, network: Network, peer: Exchange
) -> None:
    assert network.result(peer.call("crane", name, value)) == arrives
    assert network.result(peer.call("crane", name, to=value)) == arrives


def test_each_of_any_number_of_arguments_is_one_again(network: Network, peer: Exchange) -> None:
    told = network.result(peer.call("crane", "rest", {"x": 1}, 2, more={"x": 3}))

    assert told == "((Point(x=1, y=0), 2), {'more': Point(x=3, y=0)})"


def test_other_parameters_stay_what_they_are(network: Network, peer: Exchange) -> None:
    told = network.result(peer.call("crane", "beside", {"x": 1}, {"x": 2}, loose={"x": 3}))

    assert told == "({'x': 1}, Point(x=2, y=0), {'x': 3})"


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("one", {}, "to.x is missing; it must be any"),
        ("one", {"x": 1, "z": 2}, "to.z is no field of tests.services.test_rebuilding.Point; there is x, y"),
        ("maybe", {"y": 1}, "to.x is missing; it must be any"),
        ("many", [{"x": 1}, {}], "to[1].x is missing; it must be any"),
        ("named", {"a": {}}, "to['a'].x is missing; it must be any"),
        ("pair", [{}, 1], "to[0].x is missing; it must be any"),
        (
            "nested",
            {"centre": {"z": 1}},
            "to.centre.z is no field of tests.services.test_rebuilding.Point; there is x, y",
        ),
        (
            "nested",
            {"centre": {"x": 1}, "radius": -1},
            "to cannot be tests.services.test_rebuilding.Circle: a radius is not negative",
        ),
        ("route", {"begin": {}}, "to.begin.x is missing; it must be any"),
        (
            "either",
            {"z": 1},
            "to must be tests.services.test_rebuilding.Point | tests.services.test_rebuilding.Circle, not dict",
        ),
    ],
)
def test_a_dict_that_is_not_of_its_fields_is_refused_before_the_method_starts(
    name: str, value: Any, complaint: str, network: Network, peer: Exchange
) -> None:
    with pytest.raises(BadArguments) as caught:
        network.result(peer.call("crane", name, value))

    assert str(caught.value) == f"crane.{name}: {complaint}".replace("tests.services.test_rebuilding", Point.__module__)
    assert (caught.value.number, caught.value.delivered) == (56, False)


def test_those_among_any_number_are_refused_with_their_places(network: Network, peer: Exchange) -> None:
    with pytest.raises(BadArguments, match=r"crane.rest: to\[1\].x is missing"):
        network.result(peer.call("crane", "rest", {"x": 1}, {}))
    with pytest.raises(BadArguments, match=r"crane.rest: more.x is missing"):
        network.result(peer.call("crane", "rest", more={}))


def test_types_that_hold_each_other_are_made_in_one_pass(network: Network, peer: Exchange) -> None:
    tree: dict[str, Any] = {}
    for _ in range(50):
        tree = {"left": tree}

    assert network.result(peer.call("crane", "tree", tree)) == 51


def test_a_dataclass_that_a_method_returns_is_sent_as_its_dict(network: Network, peer: Exchange) -> None:
    circle = {"centre": {"x": 1, "y": 0}, "radius": 2.0, "holes": [{"x": 3, "y": 4}]}

    assert network.result(peer.call("crane", "circle")) == circle
    assert network.result(peer.call("crane", "circles")) == [{"centre": {"x": 1, "y": 0}, "radius": 1.0, "holes": []}]


def test_a_member_of_an_enum_is_sent_as_its_value(network: Network, peer: Exchange) -> None:
    forecast = {"weather": 4, "maybe": "dry", "loose": "", "kept": "a"}

    assert network.result(peer.call("crane", "weather", Weather.DRY)) == forecast


def plain(to: dict[str, Any], *more: list[int]) -> None:
    """Is annotated, and not with a dataclass."""


def bare(to, more):  # type: ignore[no-untyped-def]
    """Has no annotations."""


@pytest.mark.parametrize("function", [plain, bare, partial(plain), lambda to, more: None, dict])
def test_a_method_that_is_annotated_with_none_gets_the_arguments_untouched(function: Callable[..., Any]) -> None:
    args = [{"x": 1}, {"x": 2}]

    assert Export("plain", function).fit(args, {})[0] is args


def test_what_is_found_out_of_a_function_is_remembered_but_not_what_it_closes_over() -> None:
    def closing(over: Any) -> Callable[..., Any]:
        def function(to: Point) -> Any:
            return over, to

        return function

    one, other = Export("one", closing(1)), Export("other", closing(2))

    assert one.fit([{"x": 1}], {})[0] == (Point(1),)
    assert other.fit([], {"to": {"x": 1}}) == ((Point(1),), {})
