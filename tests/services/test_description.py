"""Stories of descriptions as values: made from plain data, compared by their digests."""

from __future__ import annotations

from typing import Any

import pytest

from exchange import Description, Service, UnsuitableValue
from exchange.services import description as module
from exchange.services.description import LARGEST_DESCRIPTION, canonical, description_from, digest_of
from exchange.testing import Network
from tests.services.offered import Math
from tests.services.orders import Orders


def test_the_digest_depends_on_no_order_of_keys_or_items() -> None:
    one = {"words": {"a", "b", "c"}, "table": ({"x": 1, 2: [2]}, 3)}
    two = {"table": ({2: [2], "x": 1}, 3), "words": {"c", "b", "a"}}

    assert digest_of(canonical(one)) == digest_of(canonical(two))


@pytest.mark.parametrize(
    ("one", "other"),
    [({"a"}, frozenset({"a"})), ({"a"}, ["a"]), ((1,), [1]), ({1: 2}, {2: 1}), ([1, 2], [2, 1]), (1, True)],
)
def test_what_differs_has_another_digest(one: Any, other: Any) -> None:
    assert digest_of(canonical(one)) != digest_of(canonical(other))


def test_a_description_is_plain_data_and_can_be_made_from_it_again() -> None:
    description = Description(Orders().description)

    again = Description(description.as_dict())

    assert again == description
    assert hash(again) == hash(description)
    assert repr(again).startswith("<description of 'orders': add, free")
    description.as_dict()["methods"].clear()
    assert Description(description.as_dict()) == again


def test_what_a_later_version_adds_to_a_description_does_no_harm() -> None:
    plain = {**Math().description, "since": 7}

    assert Description(plain).as_dict()["since"] == 7


def test_what_is_too_large_to_be_a_description_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    methods = [{"name": f"m{n}", "documentation": "", "parameters": [], "returns": "Any"} for n in range(6_000)]
    plain = {"name": "large", "documentation": "", "methods": methods, "types": []}
    assert len(canonical(plain)) > LARGEST_DESCRIPTION
    monkeypatch.setattr(module, "convert", None)

    with pytest.raises(ValueError, match=r"it has \d+ bytes, of 262144 at most"):
        Description(plain)
    with pytest.raises(UnsuitableValue, match=r"it has \d+ bytes, of 262144 at most") as caught:
        description_from(plain)
    assert (caught.value.number, caught.value.delivered) == (44, True)


def test_what_people_see_of_a_description_commands_no_terminal() -> None:
    evil = "\x1b]0;owned\x07\nname"
    method = {"name": evil, "documentation": "", "parameters": [], "returns": "Any", "idempotent": False}
    description = Description({"name": evil, "documentation": evil, "methods": [method], "types": []})

    for text in (repr(description), str(description), repr(description.methods), repr(list(description.methods))):
        assert text.isprintable()


@pytest.mark.parametrize("answer", [None, 3, {}, {"name": "x", "documentation": "", "methods": [{}], "types": []}])
def test_an_answer_that_is_no_description_is_said_to_be_none(network: Network, answer: Any) -> None:
    class Odd(Service):
        name = "odd"

        @property
        def description(self) -> Any:
            return answer

    network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(Odd())
    network.settle()

    with pytest.raises(UnsuitableValue, match="no description") as caught:
        network.result(caller.describe("odd"))

    assert (caught.value.number, caught.value.delivered) == (44, True)
