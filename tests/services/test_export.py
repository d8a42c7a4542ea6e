"""Exports: which arguments a function takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from exchange import BadArguments
from exchange.services.export import Export


def none() -> None: ...
def one(x: Any) -> None: ...
def two(x: Any, y: Any) -> None: ...
def some(x: Any, y: Any = 1, z: Any = 2) -> None: ...
def many(x: Any, *others: Any) -> None: ...
def keyword(x: Any, *, unit: Any) -> None: ...
def optional(x: Any, *, unit: Any = "m") -> None: ...
def anything(*args: Any, **kwargs: Any) -> None: ...
def positional(x: Any, /, y: Any) -> None: ...


def real(x, y, z=1):  # type: ignore[no-untyped-def]
    return None


real.__annotations__ = {"x": int, "y": list[str], "return": str}


@pytest.mark.parametrize(
    ("function", "args", "kwargs"),
    [
        (none, [], {}),
        (one, [1], {}),
        (one, [], {"x": 1}),
        (two, [1], {"y": 2}),
        (some, [1], {}),
        (some, [1, 2, 3], {}),
        (some, [1], {"z": 3}),
        (many, [1], {}),
        (many, range(50), {}),
        (keyword, [1], {"unit": "m"}),
        (optional, [1], {}),
        (anything, [1, 2], {"three": 3}),
        (positional, [1], {"y": 2}),
    ],
)
def test_arguments_that_fit_are_taken(function: Callable[..., Any], args: Any, kwargs: Any) -> None:
    Export("f", function).check(args, kwargs)
    function(*args, **kwargs)


@pytest.mark.parametrize(
    ("function", "args", "kwargs", "text"),
    [
        (none, [1], {}, "f() takes 0 arguments, 1 came"),
        (one, [], {}, "f(x: Any) takes 1 argument, 0 came"),
        (two, [1, 2, 3], {}, "takes 2 arguments, 3 came"),
        (real, [], {}, "f(x: int, y: list[str], z=1) takes 2 to 3 arguments, 0 came"),
        (some, [], {}, "takes 1 to 3 arguments, 0 came"),
        (many, [], {}, "takes 1 argument or more, 0 came"),
        (keyword, [1], {}, "does not take these arguments: missing a required"),
        (one, [1], {"y": 2}, "does not take these arguments: got an unexpected keyword argument 'y'"),
        (one, [1], {"x": 2}, "does not take these arguments: multiple values for argument 'x'"),
        (positional, [], {"x": 1, "y": 2}, "does not take these arguments:"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_with_what_was_expected(
    function: Callable[..., Any], args: Any, kwargs: Any, text: str
) -> None:
    with pytest.raises(BadArguments) as caught:
        Export("f", function).check(args, kwargs)
    assert text in str(caught.value)
    assert caught.value.delivered is False
    with pytest.raises(TypeError):
        function(*args, **kwargs)


def test_a_function_whose_signature_is_not_known_takes_what_comes() -> None:
    export = Export("dict", dict)
    assert export.signature is None
    export.check([1, 2, 3], {"a": 1})


def test_the_signature_can_be_read() -> None:
    assert str(Export("f", two).signature) == "(x: 'Any', y: 'Any') -> 'None'"


def test_a_default_that_has_no_text_is_left_out_of_what_was_expected() -> None:
    class Mute:
        def __repr__(self) -> str:
            raise RuntimeError("no text")

    mute = Mute()

    def f(x: Any, y: Any = mute) -> None: ...

    with pytest.raises(BadArguments, match=r"^f\(\.\.\.\) takes 1 to 2 arguments, 0 came$"):
        Export("f", f).check([], {})
