"""What crosses from one exchange group into another."""

from __future__ import annotations

import pytest

from exchange.routing.crossing import crossing
from exchange.routing.registry import About


def about(audience: str = "*", path: tuple[str, ...] = ()) -> About:
    """Return what is announced of an instance."""
    return About("log", ("web",), audience, b"digest", "press", path)


@pytest.mark.parametrize(
    ("audience", "origin", "goal", "enters"),
    [
        ("*", "db", "", True),
        ("*", "", "db", True),
        ("db", "", "db", True),
        ("db", "db", "", False),
        ("", "db", "", False),
        ("", "", "db", False),
        ("other", "", "db", False),
    ],
)
def test_the_audience_says_what_enters_a_group(audience: str, origin: str, goal: str, enters: bool) -> None:
    assert (crossing(about(audience), origin, goal) is not None) == enters


def test_all_is_kept_but_for_the_path_which_grows_by_the_group_that_it_comes_from() -> None:
    seen = about(path=("plant",))

    assert crossing(seen, "db", "") == seen._replace(path=("plant", "db"))


def test_nothing_enters_a_group_that_it_has_come_through() -> None:
    assert crossing(about(path=("front", "db")), "back", "db") is None
    assert crossing(about(), "db", "db") is None


def test_a_path_of_eight_groups_is_the_longest() -> None:
    seven = tuple("abcdefg")

    entered = crossing(about(path=seven), "h", "i")
    assert entered is not None
    assert crossing(entered, "i", "j") is None
