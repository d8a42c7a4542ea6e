"""Arguments of methods, as they come in JSON."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from exchange import BadArguments, Description
from exchange.gateways.json_arguments import MOST_REMEMBERED, Arguments, Fit

Parameters = list[tuple[str, str, str]]
DAY = date(2026, 1, 31)


def description_of(name: str = "plant", **methods: Parameters) -> Description:
    """Return the description of a service; of each parameter is told name, kind and type."""
    made = [
        {
            "name": method,
            "documentation": "",
            "parameters": [
                {"name": each, "kind": kind, "type": text, "required": True} for each, kind, text in parameters
            ],
            "returns": "any",
        }
        for method, parameters in methods.items()
    ]
    return Description({"name": name, "documentation": "", "methods": made, "types": []})


def fit_of(*parameters: tuple[str, str, str]) -> Fit:
    return Arguments().fits_of(description_of(work=list(parameters)))["work"]


def test_a_method_that_takes_what_json_has_needs_no_fit() -> None:
    fits = Arguments().fits_of(
        description_of(plain=[("x", "either", "int"), ("y", "either", "any")], due=[("on", "either", "date")])
    )

    assert list(fits) == ["due"]


def test_arguments_fit_by_their_place_and_by_their_name() -> None:
    fit = fit_of(("x", "either", "int"), ("on", "either", "date"), ("until", "keyword", "date | None"))

    assert fit([1, "2026-01-31"], {}) == ([1, DAY], {})
    assert fit([], {"x": 1, "on": "2026-01-31", "until": None}) == ([], {"x": 1, "on": DAY, "until": None})
    assert fit([1, "2026-01-31"], {"until": "2026-01-31"}) == ([1, DAY], {"until": DAY})


def test_the_rest_fits_one_by_one() -> None:
    fit = fit_of(("x", "positional", "int"), ("days", "rest-positional", "date"), ("more", "rest-keyword", "date"))

    assert fit([1, "2026-01-31", "2026-01-31"], {"a": "2026-01-31"}) == ([1, DAY, DAY], {"a": DAY})
    assert fit([], {"x": "2026-01-31"}) == ([], {"x": DAY}), "which is another x than that by place"


def test_what_there_is_too_much_of_is_left_for_the_method_to_judge() -> None:
    fit = fit_of(("on", "either", "date"))

    assert fit(["2026-01-31", "x"], {"y": "x"}) == ([DAY, "x"], {"y": "x"})
    assert fit([], {}) == ([], {})


@pytest.mark.parametrize(
    ("args", "kwargs", "text"),
    [
        (["x"], {}, "plant.work: on must be date, such as '2026-01-31', not 'x'"),
        ([], {"on": 5}, "plant.work: on must be date, such as '2026-01-31', not a number"),
        (["2026-01-31", ["x"]], {}, "plant.work: days[0][0] must be date, such as '2026-01-31', not 'x'"),
        ([], {"more": [[]]}, "plant.work: more[0] must be date, such as '2026-01-31', not an array"),
    ],
)
def test_the_argument_that_does_not_fit_is_named(args: list[Any], kwargs: dict[str, Any], text: str) -> None:
    fit = fit_of(
        ("on", "either", "date"), ("days", "rest-positional", "list[date]"), ("more", "rest-keyword", "list[date]")
    )

    with pytest.raises(BadArguments) as caught:
        fit(args, kwargs)

    assert (str(caught.value), caught.value.number, caught.value.delivered) == (text, 56, False)


def test_what_is_found_out_of_a_description_is_remembered_as_long_as_there_is_room() -> None:
    arguments = Arguments()
    first = description_of(work=[("on", "either", "date")])

    fits = arguments.fits_of(first)

    assert arguments.fits_of(description_of(work=[("on", "either", "date")])) is fits
    for number in range(MOST_REMEMBERED):
        arguments.fits_of(description_of(f"other{number}"))
    assert arguments.fits_of(first) is not fits
