from __future__ import annotations

import pytest

from exchange.netsvc.subjects import fits


@pytest.mark.parametrize(
    ("pattern", "subject", "does"),
    [
        ("system.*", "system.time.now", True),
        ("system.*", "system", False),
        ("*", "", True),
        ("?", "a", True),
        ("?", "", False),
        ("a?c", "abc", True),
        ("[a]", "a", False),
        ("[a]", "[a]", True),
        ("A", "a", False),
    ],
)
def test_a_subject_fits_a_pattern_of_question_marks_and_stars(pattern: str, subject: str, does: bool) -> None:
    assert fits(pattern, subject) is does


def test_many_stars_cost_no_time() -> None:
    assert not fits("*a" * 200 + "b", "a" * 10_000)
