"""Globs over subjects."""

from __future__ import annotations

import pytest

from exchange.routing.patterns import matches


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
