"""Signatures as Python writes them."""

from __future__ import annotations

from typing import Any

import pytest

from exchange import Service, method
from exchange.app.cli.signatures import fields_of, signature_of
from exchange.services.description import Description, ParameterDescription, TypeDescription


class Many(Service):
    """Has methods of all kinds."""

    name = "many"

    @method
    def plain(self) -> None: ...

    @method
    def positional(self, x: int, /) -> None: ...

    @method
    def mixed(self, x: int, /, y: str = "a", *, z: float = 1.5) -> list[int]: ...  # type: ignore[empty-body]

    @method
    def rest(self, *values: int, z: bool, **more: Any) -> dict[str, int]: ...  # type: ignore[empty-body]

    @method
    def untyped(self, x, y=None): ...  # type: ignore[no-untyped-def]


@pytest.mark.parametrize(
    "signature",
    [
        "plain() -> None",
        "positional(x: int, /) -> None",
        "mixed(x: int, /, y: str = 'a', *, z: float = 1.5) -> list[int]",
        "rest(*values: int, z: bool, **more: any) -> dict[str, int]",
        "untyped(x: any, y: any = None) -> any",
    ],
)
def test_a_signature_is_as_it_was_written(signature: str) -> None:
    methods = Description(Many().description).methods

    assert signature_of(methods[signature.partition("(")[0]]) == signature


def test_a_field_that_cannot_be_sent_has_its_text() -> None:
    fields = (
        ParameterDescription("x", "keyword", "int", True),
        ParameterDescription("y", "keyword", "Odd", False, None, "<Odd>"),
    )
    assert fields_of(TypeDescription("Point", "", fields)) == ["x: int", "y: Odd = <Odd>"]
