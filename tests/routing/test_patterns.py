"""Globs over subjects."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exchange.routing.patterns import compiled, matches


@pytest.mark.parametrize(
    ("pattern", "subject"),
    [
        ("", ""),
        ("*", ""),
        ("*", "nyse.ibm"),
        ("nyse.*", "nyse.ibm"),
        ("nyse.*", "nyse."),
        ("*.ibm", "nyse.ibm"),
        ("n*e*i*m", "nyse.ibm"),
        ("?yse.???", "nyse.ibm"),
        ("**", "anything"),
        ("*ab", "aab"),
        ("*a?c", "xabcaxc"),
    ],
)
def test_a_pattern_matches_the_whole_of_a_subject(pattern: str, subject: str) -> None:
    assert matches(pattern, subject)


@pytest.mark.parametrize(
    ("pattern", "subject"),
    [("", "a"), ("?", ""), ("nyse", "nyse.ibm"), ("nyse.*", "NYSE.ibm"), ("*.ibm", "nyse.ibm.x"), ("a*b", "ac")],
)
def test_what_is_left_over_on_either_side_does_not_match(pattern: str, subject: str) -> None:
    assert not matches(pattern, subject)


def test_many_stars_cost_no_more_than_the_product_of_the_lengths() -> None:
    assert not matches("*a" * 200 + "b", "a" * 1_000)


@given(st.text("ab[]!*?\\.^\U0001f40d", max_size=12), st.text("ab[]!.\\^-\U0001f40d", max_size=12))
@example("[ab]", "a")
@example("[!a]", "[!a]")
def test_a_compiled_pattern_fits_what_the_pattern_fits(pattern: str, subject: str) -> None:
    assert compiled(pattern)(subject) is matches(pattern, subject)


def test_a_compiled_pattern_never_goes_back_behind_a_star() -> None:
    assert not compiled("*a" * 200 + "b")("a" * 1_000)
