"""How much of our memory is taken by what a link told."""

from __future__ import annotations

from exchange.routing.weight import ITEM, weight_of


def test_nothing_weighs_nothing() -> None:
    assert weight_of(()) == weight_of((1, None, "", b"", ())) == 0


def test_text_and_bytes_weigh_what_they_take() -> None:
    assert weight_of(("math", b"digest", 5)) == 10


def test_text_with_one_wide_character_is_wide_everywhere() -> None:
    assert weight_of(("\N{SNAKE}abc",)) == 16


def test_many_short_texts_in_a_list_weigh_more_than_one_long_one() -> None:
    assert weight_of((("a", "b", "c"),)) == 3 * ITEM + 3
    assert weight_of((("abc",),)) == ITEM + 3
