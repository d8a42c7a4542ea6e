"""Types of descriptions, taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.gateways.type_text import ANY, DEEPEST, NONE, SCALARS, TypeNode, read_type

INT, STR = TypeNode("int"), TypeNode("str")
NAMES = ["plant.Point", "plant.make.<locals>.P"]


@pytest.mark.parametrize(
    ("text", "node"),
    [
        *((name, TypeNode(name)) for name in SCALARS),
        ("any", ANY),
        ("int | None", TypeNode("union", parts=(INT, NONE))),
        ("list[int]", TypeNode("list", parts=(INT,))),
        ("set[int | str]", TypeNode("set", parts=(TypeNode("union", parts=(INT, STR)),))),
        ("frozenset[any]", TypeNode("frozenset", parts=(ANY,))),
        ("dict[str, list[int]]", TypeNode("dict", parts=(STR, TypeNode("list", parts=(INT,))))),
        ("tuple[int, str]", TypeNode("fixed", parts=(INT, STR))),
        ("tuple[int, ...]", TypeNode("tuple", parts=(INT,))),
        ("tuple[()]", TypeNode("fixed")),
        ("literal['dry', 4, None, True]", TypeNode("literal", values=("dry", 4, None, True))),
        ("""literal['a]', "b'"]""", TypeNode("literal", values=("a]", "b'"))),
        ("literal[b'a]', b\"'\"]", TypeNode("literal", values=(b"a]", b"'"))),
        ("list[plant.Point]", TypeNode("list", parts=(TypeNode("record", "plant.Point"),))),
        ("plant.make.<locals>.P", TypeNode("record", "plant.make.<locals>.P")),
        ("plant.Unknown", ANY),
    ],
)
def test_each_type_is_taken_apart(text: str, node: TypeNode) -> None:
    assert read_type(text, NAMES) == node


@pytest.mark.parametrize(
    "text",
    ["", "list[", "list[int", "int |", "dict[str]", "dict[str]]", "list[int, int]", "literal[x]", "list[" * 5000],
)
def test_what_cannot_be_read_is_any_value(text: str) -> None:
    assert read_type(text) is ANY


def test_types_may_stand_as_deep_as_the_limit_and_no_deeper() -> None:
    assert read_type("list[" * DEEPEST + "int" + "]" * DEEPEST) is not ANY
    assert read_type("list[" * (DEEPEST + 1) + "int" + "]" * (DEEPEST + 1)) is ANY
    assert read_type("dict[list[int], list[int]]" + " | list[int]" * DEEPEST) is not ANY


@pytest.mark.parametrize(
    ("text", "takes_none", "besides"),
    [
        ("int | None", True, "int"),
        ("int | str | None", True, "int | str"),
        ("int", False, "int"),
        ("None", True, "None"),
        ("any", True, "any"),
        ("literal['a', None]", True, "literal['a']"),
        ("literal[None]", True, "literal[None]"),
        ("literal['a', None] | int", True, "literal['a'] | int"),
        ("list[int | None]", False, "list[int | None]"),
    ],
)
def test_none_can_be_told_from_the_rest(text: str, takes_none: bool, besides: str) -> None:
    node = read_type(text)

    assert node.takes_none is takes_none
    assert node.besides_none == read_type(besides)


PIECES = st.sampled_from(
    [*SCALARS, "list[", "dict[", "tuple[", "()]", "]", ", ", " | ", "literal[", "'a'", "x.Y", "..."]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_no_text_is_too_odd(text: str) -> None:
    assert isinstance(read_type(text, ["x.Y"]), TypeNode)


def test_a_literal_without_an_end_is_found_out_at_once() -> None:
    """Each of its bytes could be read in two ways, which doubled the time."""
    assert read_type("literal[" + "b''" * 10_000) is ANY
    assert read_type("literal[" + "b'" * 10_000) is ANY
