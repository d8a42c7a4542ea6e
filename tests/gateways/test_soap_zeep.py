"""zeep, a program that nobody here wrote, and the WSDL: what it sends is read, what is sent it understands.

Some things are zeep's own. It takes an empty element of a declared type for ``None``; it
neither sends nor understands that what has parts, and stands in something else, is
``xsi:nil``; and it has no types for a UUID and a complex number, which are texts to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, TypedDict
from uuid import UUID

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree
from zeep.helpers import serialize_object
from zeep.xsd import AnyObject, Nil

from exchange import Description, Service, method
from exchange.gateways.soap_names import TYPES, qualified, xml_name
from exchange.gateways.soap_reader import find_method, read_arguments
from exchange.gateways.soap_scalars import NAMES, SCALARS
from exchange.gateways.soap_types import declared, has_parts, types_of
from exchange.gateways.soap_values import ValueReader
from exchange.gateways.soap_writer import write_result
from exchange.gateways.type_text import ANY, TypeNode
from exchange.gateways.wsdl import wsdl_of
from tests.gateways.soaped import AT, Zeep, described, description_of, parameter, schema_of

RECORDS = {
    "plant.Point": [
        parameter("x", "float", "keyword"),
        parameter("y", "int | None", "keyword", default=0),
        parameter("then", "plant.Point | None", "keyword", default=None),
        parameter("two words", "list[str]", "keyword", default=[]),
    ],
    "plant.Line": [parameter("end", "plant.Point | None", "keyword")],
    "plant.Open": [parameter("what", "any", "keyword"), parameter("which", "int | str", "keyword")],
}


class BeyondZeep(Exception):
    """None stands where else parts would, and is no result: zeep does not know it from something with no parts."""


class Talk:
    """A service with one method, zeep, and what goes to and fro between them."""

    def __init__(self, type_text: str, types: dict[str, list[dict[str, Any]]] | None = None) -> None:
        self.service = described(parameter("to", type_text), returns=type_text, types=types or RECORDS)
        self.method = self.service.methods["lift"]
        self.types = types_of(self.service)
        self.node = self.types.read(type_text)
        self.zeep = Zeep(self.service)

    def sends(self, value: Any) -> etree._Element:
        """Return what zeep sends for an argument."""
        return self.zeep.asks("lift", to=self.sendable(value, self.node))

    def read(self, asked: etree._Element) -> Any:
        """Return the argument that is read."""
        (value,), _ = read_arguments(asked, find_method(asked, self.service), self.service)
        return value

    def answer(self, value: Any) -> etree._Element:
        """Return the answer with a result."""
        return write_result(value, self.method, self.service)

    def heard(self, value: Any) -> Any:
        """Return what zeep makes of the answer with a result."""
        return self.zeep.understands("lift", self.answer(value))

    def sendable(self, value: Any, node: TypeNode) -> Any:
        """Return how a user of zeep writes a value."""
        if value is None:
            return Nil
        known = declared(node)
        if known.kind == "any":
            return self._any(value)
        if known.kind == "record":
            fields = self.types.fields(known.name)
            return {
                xml_name(name): self.sendable(item, self.types.read(fields[name].type)) for name, item in value.items()
            }
        if known.kind == "fixed":
            pairs = zip(value, known.parts, strict=True)
            return {f"item{place}": self.sendable(item, part) for place, (item, part) in enumerate(pairs, 1)}
        if known.kind == "dict":
            key, item = known.parts
            return {
                "entry": [{"key": self.sendable(k, key), "value": self.sendable(v, item)} for k, v in value.items()]
            }
        if known.parts:
            return {"item": [self.sendable(item, known.parts[0]) for item in value]}
        return str(value) if known.kind in ("UUID", "complex") else value

    def _any(self, value: Any) -> Any:
        """Return a value that tells its type."""
        name = NAMES.get(type(value))
        if name:
            return AnyObject(self.zeep.type(SCALARS[name].tag), str(value) if name in ("UUID", "complex") else value)
        kind = self.zeep.type(qualified(TYPES, type(value).__name__))
        node = TypeNode(type(value).__name__, parts=(ANY, ANY) if type(value) is dict else (ANY,))
        return AnyObject(kind, kind(**self.sendable(value, node)))

    def understood(self, value: Any, node: TypeNode) -> Any:
        """Return what zeep should make of a result."""
        return None if value is None else self._inside(value, node)

    def _inside(self, value: Any, node: TypeNode) -> Any:
        known = declared(node)
        if value is None and has_parts(node):
            raise BeyondZeep
        if value in (None, "", b"") and value is not False:
            return None
        if type(value) is dict and node.kind == "union":
            known = next((part for part in node.parts if self._is_of(value, part)), known)
        if type(value) is dict and known.kind == "record":
            fields = self.types.fields(known.name)
            if declared(node) == known and all(self.types.is_left_out(known.name, *item) for item in value.items()):
                return None
            return {
                xml_name(name): self._field(value, name, self.types.read(each.type)) for name, each in fields.items()
            }
        if type(value) in (list, tuple, set, frozenset, dict) and not value and known.kind != "any":
            return None
        if known.kind == "fixed":
            pairs = zip(value, known.parts, strict=True)
            return {f"item{place}": self._inside(item, part) for place, (item, part) in enumerate(pairs, 1)}
        if type(value) is dict:
            key, item = known.parts if known.kind == "dict" else (ANY, ANY)
            return {"entry": [{"key": self._inside(k, key), "value": self._inside(v, item)} for k, v in value.items()]}
        if type(value) in (list, tuple, set, frozenset):
            part = known.parts[0] if known.parts else ANY
            return {"item": [self._inside(each, part) for each in value]}
        return str(value) if type(value) in (UUID, complex) else value

    def _is_of(self, value: dict[Any, Any], node: TypeNode) -> bool:
        fields = self.types.fields(node.name).values() if node.kind == "record" else ()
        return {each.name for each in fields if each.required} <= value.keys() <= {
            each.name for each in fields
        } and bool(fields)

    def _field(self, value: dict[str, Any], name: str, node: TypeNode) -> Any:
        return self._inside(value[name], node) if name in value and value[name] is not None else None


def unwrapped(value: Any) -> Any:
    """Return a result as zeep does, which takes off what holds one thing only."""
    return next(iter(value.values())) if isinstance(value, dict) and len(value) == 1 else value


def same(value: Any) -> Any:
    """Return what two values have in common that are the same in all their parts, types among them."""
    if isinstance(value, dict):
        return dict, sorted([(same(key), same(item)) for key, item in value.items()], key=repr)
    if isinstance(value, list | tuple):
        return type(value), [same(item) for item in value]
    if isinstance(value, set | frozenset):
        return type(value), value
    return type(value), value


ZONE = timezone(timedelta(hours=-3, minutes=-30))

VALUES: list[tuple[str, Any]] = [
    ("int", 42),
    ("int", -(10**30)),
    ("float", 0.1),
    ("float", -1e300),
    ("float", float("inf")),
    ("bool", True),
    ("bool", False),
    ("str", " a < b & ü \U0001f600\n\t\r "),
    ("str", ""),
    ("bytes", b"\x00\xff" * 50),
    ("datetime", datetime(2026, 1, 31, 23, 59, 59, 123456)),
    ("datetime", datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC)),
    ("datetime", datetime(2026, 1, 31, 23, 59, 59, 5, tzinfo=ZONE)),
    ("date", date(2026, 1, 31)),
    ("time", time(23, 59, 59, 123456)),
    ("timedelta", timedelta(days=3, hours=2, seconds=1, microseconds=5)),
    ("timedelta", -timedelta(hours=30)),
    ("Decimal", Decimal("-123456789012345678901234567890.500")),
    ("UUID", UUID("12345678-1234-5678-1234-567812345678")),
    ("complex", 1.5 - 2j),
    ("None", None),
    ("int | None", None),
    ("int | None", 5),
    ("int | str", 5),
    ("int | str", "5"),
    ("int | str | None", None),
    ("list[int]", [1, 2, 3]),
    ("list[int]", []),
    ("list[int | None]", [1, None, 3]),
    ("list[list[str]]", [["a", "b"], ["c", "d"]]),
    ("tuple[int, ...]", (1, 2)),
    ("tuple[int, str, plant.Point]", (1, "a", {"x": 1.0})),
    ("tuple[()]", ()),
    ("set[str]", {"a"}),
    ("frozenset[int]", frozenset({1})),
    ("dict[str, int]", {"a": 1, "b": 2}),
    ("dict[int, list[float]]", {1: [0.5, 1.5], -2: [1.0]}),
    ("dict[date, Decimal | None]", {date(2026, 1, 31): Decimal("1.5"), date(2026, 2, 1): None}),
    ("dict[tuple[int, int], bool]", {(1, 2): True}),
    ("literal['dry', 'wet']", "wet"),
    ("literal[1, 2, None]", 2),
    ("literal[1, 2, None]", None),
    ("literal['1', 1]", 1),
    ("literal['1', 1]", "1"),
    ("plant.Point", {"x": 1.0}),
    ("plant.Point", {"x": 1.0, "y": None, "then": {"x": 2.0, "y": 3}, "two words": ["a", "b"]}),
    ("plant.Point | None", None),
    ("plant.Point | None", {"x": 1.0, "y": 2}),
    ("plant.Open", {"what": [1, {"a": None}], "which": "a"}),
    ("list[plant.Point]", [{"x": 1.0}, {"x": 2.0, "y": 2}]),
    ("dict[str, plant.Point]", {"a": {"x": 1.0}}),
    ("any", None),
    ("any", True),
    ("any", 42),
    ("any", 0.5),
    ("any", "a"),
    ("any", b"a"),
    ("any", datetime(2026, 1, 31, tzinfo=ZONE)),
    ("any", date(2026, 1, 31)),
    ("any", time(1, 2, 3)),
    ("any", timedelta(days=1)),
    ("any", Decimal("1.50")),
    ("any", UUID(int=5)),
    ("any", 2j),
    ("any", []),
    ("any", [1, "a", None, [0.5]]),
    ("any", (1, 2)),
    ("any", {1, 2}),
    ("any", frozenset({"a"})),
    ("any", {"a": 1, 2: [True], (3, 4): {}}),
]


@pytest.mark.parametrize(("type_text", "value"), VALUES)
def test_what_zeep_sends_is_read_as_what_its_user_wrote(type_text: str, value: Any, tmp_path: Path) -> None:
    talk = Talk(type_text)
    asked = talk.sends(value)

    assert same(talk.read(asked)) == same(value)
    if value != float("inf"):  # which zeep writes as Python does
        schema = schema_of(wsdl_of(talk.service, AT), tmp_path)
        assert schema.validate(asked), schema.error_log


@pytest.mark.parametrize(("type_text", "value"), VALUES)
def test_what_is_sent_zeep_understands(type_text: str, value: Any, tmp_path: Path) -> None:
    talk = Talk(type_text)

    assert serialize_object(talk.heard(value), dict) == unwrapped(talk.understood(value, talk.node))
    schema = schema_of(wsdl_of(talk.service, AT), tmp_path)
    assert schema.validate(talk.answer(value)), schema.error_log


@pytest.mark.parametrize(
    ("type_text", "value"),
    [("int", "far"), ("plant.Point", {"z": 1}), ("list[int]", {"a": 1}), ("None", [1])],
)
def test_of_what_is_not_as_annotated_zeep_is_told_the_type(type_text: str, value: Any) -> None:
    talk = Talk(type_text)

    assert serialize_object(talk.heard(value), dict) == unwrapped(talk.understood(value, ANY))


class Weather(Enum):
    DRY = "dry"
    WET = "wet"


class Load(TypedDict):
    weight: Decimal


@dataclass
class Place:
    """A place on the floor."""

    x: float
    y: float = 0.0
    marks: set[str] = field(default_factory=set)


@dataclass
class Order:
    begin: Place
    end: Place | None = None
    loads: list[Load] = field(default_factory=list)
    weather: Weather = Weather.DRY
    parent: Order | None = None


class Crane(Service):
    """Moves things."""

    name = "hall 4/crane"

    @method(name="plant.line.move")
    def move(self, order: Order, /, *stops: Place, when: datetime | date | None = None, **marks: int) -> Order:
        """Move things, with stops."""
        return order

    @method
    def unannotated(self, x, y=5):  # type: ignore[no-untyped-def]
        return x

    @method(name="two words")
    def words(self) -> None:
        """Do nothing."""


@pytest.fixture(scope="module")
def crane() -> Description:
    """How a service with annotations of all kinds describes itself."""
    return description_of(Crane())


def test_a_method_with_arguments_of_every_kind_is_called(crane: Description) -> None:
    zeep = Zeep(crane)
    place = {"x": 1.0, "marks": {"item": ["a"]}}
    order = {
        "begin": place,
        "loads": {"item": [{"weight": Decimal("1.5")}]},
        "weather": "wet",
        "parent": {"begin": place},
    }

    asked = zeep.asks(
        "plant.line.move",
        order=order,
        stops=[{"x": 2.0}, {"x": 3.0}],
        when=AnyObject(zeep.type(SCALARS["date"].tag), date(2026, 1, 31)),
        marks={"entry": [{"key": "deep", "value": 5}]},
    )

    begin = {"x": 1.0, "marks": {"a"}}
    assert read_arguments(asked, find_method(asked, crane), crane) == (
        [
            {"begin": begin, "loads": [{"weight": Decimal("1.5")}], "weather": "wet", "parent": {"begin": begin}},
            {"x": 2.0},
            {"x": 3.0},
        ],
        {"when": date(2026, 1, 31), "deep": 5},
    )


def test_what_has_no_annotation_is_a_text_unless_it_tells_its_type(crane: Description) -> None:
    zeep = Zeep(crane)
    asked = zeep.asks("unannotated", x="6", y=AnyObject(zeep.type(SCALARS["int"].tag), 7))

    assert read_arguments(asked, find_method(asked, crane), crane) == (["6", 7], {})


def test_a_method_without_arguments_and_result_is_called(crane: Description) -> None:
    zeep = Zeep(crane)
    name = xml_name("two words")
    asked = zeep.asks(name)

    assert read_arguments(asked, find_method(asked, crane), crane) == ([], {})
    assert zeep.understands(name, write_result(None, crane.methods["two words"], crane)) is None


def test_what_a_method_is_for_and_its_types_are_in_the_wsdl(crane: Description) -> None:
    wsdl = wsdl_of(crane, AT).decode()

    assert "Move things, with stops." in wsdl
    assert "A place on the floor." in wsdl


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"]), max_size=5)
ZONES: st.SearchStrategy[Any] = (
    st.none() | st.just(UTC) | st.integers(-14 * 60, 14 * 60).map(lambda it: timezone(timedelta(minutes=it)))
)
SCALAR_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "int": st.integers(),
    "float": st.floats(allow_nan=False),
    "str": TEXTS,
    "bytes": st.binary(max_size=5),
    "datetime": st.datetimes(min_value=datetime(1000, 1, 2), max_value=datetime(9999, 12, 30), timezones=ZONES),
    "date": st.dates(min_value=date(1000, 1, 1)),
    "time": st.times(),
    "timedelta": st.timedeltas(timedelta(-99999), timedelta(99999)),
    "Decimal": st.decimals(allow_nan=False, allow_infinity=False, places=3),
    "UUID": st.uuids(),
    "complex": st.complex_numbers(allow_nan=False, allow_infinity=False),
}
KEYS = ("bool", "int", "str", "date", "UUID")


def containers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return (
        inner.map(lambda it: f"list[{it}]")
        | inner.map(lambda it: f"tuple[{it}, ...]")
        | st.sampled_from(KEYS).map(lambda it: f"set[{it}]")
        | st.lists(inner, min_size=1, max_size=3).map(lambda them: f"tuple[{', '.join(them)}]")
        | st.tuples(st.sampled_from(KEYS), inner).map(lambda both: f"dict[{both[0]}, {both[1]}]")
        | inner.map(lambda it: f"{it} | None")
        | st.lists(inner, min_size=2, max_size=3, unique=True).map(" | ".join)
    )


TYPE_TEXTS = st.recursive(
    st.sampled_from([*SCALAR_VALUES, "any", "plant.Point", "plant.Line", "plant.Open"]), containers, max_leaves=4
)
ANYTHING = st.recursive(
    st.none() | st.one_of(*SCALAR_VALUES.values()),
    lambda inner: (
        st.lists(inner, max_size=3) | st.lists(inner, max_size=2).map(tuple) | st.dictionaries(TEXTS, inner, max_size=3)
    ),
    max_leaves=4,
)


def values_of(types: Callable[[str], TypeNode], node: TypeNode, depth: int = 0) -> st.SearchStrategy[Any]:
    def inside(node: TypeNode) -> st.SearchStrategy[Any]:
        return values_of(types, node, depth + 1)

    if node.kind in SCALAR_VALUES:
        return SCALAR_VALUES[node.kind]
    if node.kind == "union":
        return st.one_of([inside(part) for part in node.parts])
    if node.kind == "fixed":
        return st.tuples(*[inside(part) for part in node.parts])
    if node.kind in ("list", "tuple", "set"):
        build: Any = {"list": list, "tuple": tuple, "set": set}[node.kind]
        return st.lists(inside(node.parts[0]), max_size=3).map(build)
    if node.kind == "dict":
        return st.dictionaries(inside(node.parts[0]), inside(node.parts[1]), max_size=3)
    if node.kind == "record":
        needed = {each["name"]: inside(types(each["type"])) for each in RECORDS[node.name] if each["required"]}
        more = {each["name"]: types(each["type"]) for each in RECORDS[node.name] if not each["required"]}
        if node.name == "plant.Point":  # which is the same without `then` as with none
            more = more | {"then": more["then"].besides_none} if depth < 3 else {"y": more["y"]}
        return st.fixed_dictionaries(needed, optional={name: inside(each) for name, each in more.items()})
    return st.none() if node.kind == "None" else ANYTHING


MANY = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@MANY
@given(type_text=TYPE_TEXTS, data=st.data())
def test_whatever_is_written_is_right_by_the_schema_and_read_as_what_it_was(
    type_text: str, data: st.DataObject, tmp_path: Path
) -> None:
    crane = described(returns=type_text, types=RECORDS)
    types = types_of(crane)
    node = types.read(type_text)
    value = data.draw(values_of(types.read, node))

    answer = etree.fromstring(etree.tostring(write_result(value, crane.methods["lift"], crane)))

    again = ValueReader(types, "crane.lift").read(answer[0], node, "to") if len(answer) else None
    assert same(again) == same(value)
    schema = schema_of(wsdl_of(crane, AT), tmp_path)
    assert schema.validate(answer), schema.error_log


@MANY
@given(type_text=TYPE_TEXTS, data=st.data())
def test_zeep_and_the_gateway_agree_on_every_type(type_text: str, data: st.DataObject) -> None:
    talk = Talk(type_text)
    value = data.draw(values_of(talk.types.read, talk.node))
    try:
        understood = unwrapped(talk.understood(value, talk.node))
    except BeyondZeep:
        assume(False)

    assert same(talk.read(talk.sends(value))) == same(value)
    assert serialize_object(talk.heard(value), dict) == understood
