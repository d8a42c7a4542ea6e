"""Stories of annotations: how they are read, whatever way they are written."""

from __future__ import annotations

import collections.abc
import typing
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import InitVar, dataclass
from functools import lru_cache, partial
from typing import Any, Generic, NamedTuple, NewType, Protocol, TypeVar

import pytest
from twisted.internet.defer import Deferred
from typing_extensions import TypeAliasType

from exchange.services.annotations import AnnotationReader, hints_of, qualified, result_of
from tests.services.orders import Line

T = TypeVar("T")


class Shape(Protocol):
    def area(self) -> float: ...


@dataclass
class Box(Generic[T]):
    content: T
    label: NoSuchName = None  # type: ignore[name-defined]  # noqa: F821
    size: InitVar[int] = 1


class Pair(NamedTuple):
    one: int
    two: Any


def text_of(annotation: Any) -> str:
    """Return how an annotation is written in a description."""
    return AnnotationReader().read(annotation).text


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        (list, "list[any]"),
        (typing.List[int], "list[int]"),  # noqa: UP006
        (typing.Dict[str, typing.Optional[int]], "dict[str, int | None]"),  # noqa: UP006, UP045
        (tuple, "tuple[any, ...]"),
        (typing.List, "list[any]"),  # noqa: UP006
        (typing.Tuple, "tuple[any, ...]"),  # noqa: UP006
        (tuple[()], "tuple[()]"),
        (Pair, "tuple[int, any]"),
        (collections.abc.Iterable[int], "list[int]"),
        (collections.abc.Set[int], "set[int]"),
        (collections.abc.Mapping, "dict[any, any]"),
        (NewType("Number", int), "int"),
        (TypeVar("Bound", bound=int), "int"),
        (TypeVar("Either", int, str), "int | str"),
        (T, "any"),
        (typing.Annotated[int, "in seconds"], "int"),
        (typing.Final[int], "int"),
        (object, "any"),
        (None, "None"),
        (Exception, "Exception"),
        (Line, "tests.services.orders.Line"),
    ],
)
def test_one_thing_has_one_text_however_it_is_written(annotation: Any, text: str) -> None:
    reader = AnnotationReader()

    assert reader.read(annotation).text == text
    assert reader.unread == []


@pytest.mark.parametrize(
    ("annotation", "named"),
    [
        (Callable[[int], int], "Callable"),
        (Iterator[int], "Iterator"),
        (type[int], "type"),
        (Shape, "Shape"),
        (typing.Self, "Self"),
        (5, "5"),
        ([int], "int"),
        (type("Text", (str,), {}), "Text"),
    ],
)
def test_what_cannot_be_read_is_any_and_is_noted(annotation: Any, named: str) -> None:
    reader = AnnotationReader()

    assert reader.read(annotation).text == "any"
    assert named in reader.unread[0]


def test_an_alias_is_what_it_stands_for() -> None:
    reader = AnnotationReader()

    assert reader.read(TypeAliasType("Table", dict[str, int])).text == "dict[str, int]"
    assert reader.unread == []


def test_an_alias_that_contains_itself_cannot_be_written_inside_itself() -> None:
    class Tree:
        """What ``type Tree = list[Tree]`` makes in Python 3.12."""

        __value__: Any

        def __repr__(self) -> str:
            return "Tree"

    Tree.__name__ = "TypeAliasType"
    tree = Tree()
    tree.__value__ = list[tree]  # type: ignore[valid-type]
    reader = AnnotationReader()

    assert reader.read(tree).text == "list[any]"
    assert reader.unread == ["Tree"]


def test_a_text_that_could_not_be_resolved_stays_as_it_is() -> None:
    reader = AnnotationReader()

    assert reader.read("pandas.DataFrame").text == "pandas.DataFrame"
    assert reader.unread == ["pandas.DataFrame"]


@pytest.mark.parametrize(
    "annotation",
    [
        Deferred[int],
        Awaitable[int],
        Coroutine[Any, Any, int],
        Deferred[int] | int,
        typing.Union[Awaitable[int], Deferred[int]],  # noqa: UP007
    ],
)
def test_what_comes_later_is_described_as_what_comes(annotation: Any) -> None:
    assert text_of(result_of(annotation)) == "int"


def test_a_deferred_of_which_nothing_is_said_gives_anything() -> None:
    assert text_of(result_of(Deferred)) == "any"


def test_annotations_are_found_inside_partials_wrappers_objects_and_classes() -> None:
    def run(x: int) -> str:
        return str(x)

    class Running:
        x: float

        def __call__(self, x: int) -> str:
            return str(x)

    for function in (run, partial(partial(run), 1), lru_cache(run), Running(), Running().__call__):
        assert hints_of(function) == {"x": int, "return": str}
    assert hints_of(Line)["count"] is int


def test_a_built_in_function_has_no_annotations() -> None:
    assert hints_of(len) == {}


def test_each_annotation_is_resolved_for_itself() -> None:
    def run(x: int, y: NoSuchName, z: list[NoSuchName]) -> None:  # type: ignore[name-defined]  # noqa: F821
        pass

    assert hints_of(run) == {"x": int, "y": "NoSuchName", "z": "list[NoSuchName]", "return": type(None)}


def test_a_generic_dataclass_has_fields_of_any_type_and_its_odd_fields_spoil_no_others() -> None:
    reader = AnnotationReader()
    reader.read(Box[int])

    fields = reader.records[Box].fields

    assert {name: field.shape.text for name, field in fields.items()} == {
        "content": "any",
        "label": "NoSuchName",
        "size": "int",
    }


def test_what_is_built_in_is_called_by_its_name_alone() -> None:
    assert qualified(ValueError) == "ValueError"
    assert qualified(Pair) == "tests.services.test_annotations.Pair"
