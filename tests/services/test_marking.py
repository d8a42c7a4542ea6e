"""Which methods of a class others may call."""

from __future__ import annotations

import pytest

from exchange.services.marking import checked_name, mark_of, marked, method


class Shop:
    @method
    def buy(self, what: str) -> str:
        return what

    @method(name="prices", thread=True, limit=2)
    def _look_up(self) -> list[int]:
        return []

    @staticmethod
    @method
    def opens() -> int:
        return 8

    def secret(self) -> None:
        """Not for others."""


def test_what_is_marked_is_found_under_the_name_that_the_mark_says() -> None:
    found = marked(Shop(), "shop")

    assert sorted(found) == ["buy", "opens", "prices"]
    assert found["buy"].function("apple") == "apple"
    assert (found["prices"].options.thread, found["prices"].options.limit) == (True, 2)


def test_a_method_that_a_subclass_writes_anew_stays_marked_and_one_that_it_sets_to_none_does_not() -> None:
    class Kiosk(Shop):
        opens = None  # type: ignore[assignment]

        def buy(self, what: str) -> str:
            return what.upper()

    found = marked(Kiosk(), "kiosk")

    assert sorted(found) == ["buy", "prices"]
    assert found["buy"].function("apple") == "APPLE"


def test_two_methods_of_one_name_are_refused_and_one_under_two_names_is_not() -> None:
    class Twice(Shop):
        purchase = Shop.buy

    assert sorted(marked(Twice(), "twice")) == ["buy", "opens", "prices"]

    class Double(Shop):
        @method(name="buy")
        def take(self) -> None:
            """Would hide the other, or be hidden by it."""

    with pytest.raises(ValueError, match="service 'double' has two methods under the name 'buy': 'buy' and 'take'"):
        marked(Double(), "double")


def test_what_is_not_marked_has_no_mark() -> None:
    assert mark_of(Shop, "secret") is None
    assert mark_of(Shop, "nothing of this name") is None


@pytest.mark.parametrize("name", ["$ping", "a\nb", "x" * 256])
def test_what_cannot_name_a_method_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot name a method"):
        checked_name(name)
