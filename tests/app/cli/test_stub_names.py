"""Names in a stub: each for one thing, imported where it is used."""

from __future__ import annotations

import pytest

from exchange.app.cli.stub_names import StubNames, class_name, is_attribute


def test_what_is_used_is_imported_and_what_is_built_in_need_not_be() -> None:
    names = StubNames([])

    assert [names.use(each) for each in ("Any", "list", "date", "Deferred", "Any")] == [
        "Any",
        "list",
        "date",
        "Deferred",
        "Any",
    ]
    assert names.imports() == [
        "from datetime import date",
        "from typing import Any",
        "from twisted.internet.defer import Deferred",
    ]


def test_what_a_method_would_hide_is_imported_under_another_name() -> None:
    names = StubNames(["list", "list_"])

    assert names.use("list") == "list__"
    assert names.imports() == ["from builtins import list as list__"]


def test_a_class_gets_the_first_name_that_is_free() -> None:
    names = StubNames(["Point"])

    assert [names.make("Point", "PlantPoint") for _ in range(3)] == ["PlantPoint", "Point_", "Point__"]
    assert names.make("Deferred") == "Deferred_"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("math", "Math"),
        ("plant.hall-2.press", "PlantHall2Press"),
        ("2", "Service2"),
        ("?", "Service"),
        ("none", "ServiceNone"),
    ],
)
def test_a_class_is_called_like_what_it_is_about(text: str, name: str) -> None:
    assert class_name(text) == name


@pytest.mark.parametrize(
    ("name", "expected"), [("go", True), ("go-on", False), ("from", False), ("_go", False), ("", False)]
)
def test_a_name_may_be_an_attribute_or_not(name: str, expected: bool) -> None:
    assert is_attribute(name) is expected
