"""Globs over subjects."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

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


@given(st.text("ab*?", max_size=12), st.text("ab", max_size=12))
@example("*b*", "aa")
def test_a_pattern_means_what_a_regular_expression_would(pattern: str, subject: str) -> None:
    expression = "".join({"*": ".*", "?": "."}.get(each, each) for each in pattern)
    assert matches(pattern, subject) is bool(re.fullmatch(expression, subject))


@pytest.mark.parametrize(
    "pattern",
    ["*a" * 512, "*" * 1_023 + "b", "*" + "a" * 512 + "b", "*?" * 512 + "b", "*" + "a?" * 255 + "b", "?*a" * 341],
)
def test_no_pattern_is_expensive(pattern: str) -> None:
    """The largest that there may be, a thousand times: to go back at each mismatch takes many times as long."""
    subject, began = "a" * 1_023 + "c", time.process_time()
    for _ in range(1_000):
        assert not matches(pattern, subject)
    assert time.process_time() - began < 5
