"""Which fields the header of each kind has, and what they may be."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.errors import LocalProtocolError
from exchange.wire.layouts import (
    FIRST_TRAFFIC,
    LAYOUTS,
    Kind,
    Layout,
    is_integer,
    is_name,
    is_natural,
    is_seconds,
    is_text,
)
from exchange.wire.limits import LONGEST_PATH, SMALLEST_FRAME

ID = bytes(20)
ANNOUNCED = (1, "math", ("web",), "*", b"", None, (), None)
HELLO: tuple[Any, ...] = ((1,), "peer", "", bytes(32), 1, "open", {}, "")


def layout_of(kind: Kind) -> Layout:
    layout = LAYOUTS[kind]
    assert layout is not None
    return layout


def changed(array: tuple[Any, ...], place: int, value: Any) -> tuple[Any, ...]:
    return (*array[:place], value, *array[place + 1 :])


def test_every_kind_has_a_layout_at_its_number_and_nothing_else_has() -> None:
    assert [layout.kind for layout in LAYOUTS if layout] == list(Kind)
    assert all(layout is None or layout.kind == number for number, layout in enumerate(LAYOUTS))


def test_what_has_an_id_is_traffic_and_what_has_none_is_of_the_dialogue() -> None:
    assert all(layout_of(kind).has_id == (kind >= FIRST_TRAFFIC) for kind in Kind)


def test_fields_that_may_be_absent_stand_last() -> None:
    for kind in Kind:
        layout = layout_of(kind)
        assert all(not field.absent for field in layout.fields[: layout.required])
        assert all(field.absent for field in layout.fields[layout.required :])


def test_absent_fields_get_their_value() -> None:
    assert layout_of(Kind.REQUEST).check(("math", "multiply")) == ("math", "multiply", None)
    assert layout_of(Kind.BYE).check(("left", "")) == ("left", "", None)
    assert layout_of(Kind.HELLO).check(HELLO[:6]) == HELLO


def test_fields_that_are_not_known_are_left_out() -> None:
    assert layout_of(Kind.PING).check((7, "more", None)) == (7,)
    assert layout_of(Kind.REPLY).check((1, 2)) == ()


def test_an_array_that_is_too_short_is_refused_by_the_name_of_what_is_missing() -> None:
    with pytest.raises(LocalProtocolError, match=r"the header of LEAVING has no 'seconds'"):
        layout_of(Kind.LEAVING).check(("",))


NO_VERSIONS: list[Any] = [(), (1,) * 257, [1], 1, ("1",), (-1,), (True,)]
NO_ROLES: list[Any] = ["server", "", None, b"peer", ("peer",), {}]
WRONG: list[tuple[Kind, tuple[Any, ...]]] = [
    *((Kind.HELLO, changed(HELLO, 0, wrong)) for wrong in NO_VERSIONS),
    *((Kind.HELLO, changed(HELLO, 1, wrong)) for wrong in NO_ROLES),
    *((Kind.HELLO, changed(HELLO, 2, wrong)) for wrong in [None, "$g", "g" * 256, "a\tb", b"g"]),
    *((Kind.HELLO, changed(HELLO, 3, wrong)) for wrong in [bytes(31), bytes(33), "s" * 32, None]),
    *((Kind.HELLO, changed(HELLO, 4, wrong)) for wrong in [-1, 1 << 64, 1.0, True, None]),
    *((Kind.HELLO, changed(HELLO, 5, wrong)) for wrong in [None, "m" * 1025, "\x7f"]),
    *(
        (Kind.HELLO, changed(HELLO, 6, wrong))
        for wrong in [
            None,
            (),
            {"max-frame": 0},
            {"max-frame": 131_071},
            {"max-frame": -1},
            {"max-frame": "1"},
            {b"a": 1},
            {str(n): n for n in range(257)},
        ]
    ),
    *((Kind.CHALLENGE, (wrong,)) for wrong in ["", None, 1]),
    *((Kind.PROOF, (wrong,)) for wrong in ["", None, 1]),
    *((Kind.WELCOME, (1, wrong, None, {}, ())) for wrong in [ID, b"", None, "i" * 16]),
    *((Kind.WELCOME, (1, bytes(16), wrong, {}, ())) for wrong in ["p" * 256, 1, b"p", "a\nb"]),
    *((Kind.WELCOME, (1, bytes(16), None, wrong, ())) for wrong in [None, {"max-frame": 131_071}]),
    *((Kind.WELCOME, (1, bytes(16), None, {}, wrong)) for wrong in [None, (1,), ("a\0",), ("",) * 257]),
    *((Kind.LEAVING, ("", wrong)) for wrong in [-1, 86_401, float("nan"), float("inf"), "1", True, None]),
    *((Kind.BYE, ("left", "", wrong)) for wrong in [ID, "", 0]),
    *((Kind.ANNOUNCE, changed(ANNOUNCED, 2, wrong)) for wrong in ["web", ["web"], (1,), ("$w",), ("w",) * 257]),
    *((Kind.ANNOUNCE, changed(ANNOUNCED, 4, wrong)) for wrong in [bytes(65), "", None]),
    *((Kind.ANNOUNCE, changed(ANNOUNCED, 6, wrong)) for wrong in [None, "plant", (1,), ("$p",), ("p",) * 9]),
    *((Kind.ANNOUNCE, changed(ANNOUNCED, 7, wrong)) for wrong in [bytes(15), "", 0]),
    *((Kind.SUBSCRIBE, (wrong, "*", "latest", 1)) for wrong in [bytes(16), None, 1, "n" * 256]),
    *((Kind.SUBSCRIBE, ("feed", wrong, "latest", 1)) for wrong in ["p" * 1025, None, b"*"]),
    *((Kind.REQUEST, (wrong, "m", None)) for wrong in [bytes(19), None, "n" * 256, "a\nb", ("math",)]),
    *((Kind.REQUEST, ("math", wrong, None)) for wrong in [None, b"m", "m" * 256, "\x1b[2J"]),
    *((Kind.FAILURE, (wrong, None)) for wrong in [None, 46.0, True, 1 << 63, -(1 << 63) - 1]),
    *((Kind.FAILURE, (46, wrong)) for wrong in [0, 1, "", ()]),
    *((Kind.REPORT, ("feed", "", wrong, True)) for wrong in [bytes(16), "", 0]),
    *((Kind.REPORT, ("feed", "", None, wrong)) for wrong in [0, None, ""]),
]


@pytest.mark.parametrize(("kind", "array"), WRONG)
def test_a_field_that_is_not_what_it_must_be_is_refused(kind: Kind, array: tuple[Any, ...]) -> None:
    with pytest.raises(LocalProtocolError, match=rf"of {kind.name} must be ") as caught:
        layout_of(kind).check(array)

    assert caught.value.code == "protocol"


def test_numbers_have_bounds_and_truth_is_no_number() -> None:
    assert is_natural(0)
    assert is_natural((1 << 64) - 1)
    assert not any(map(is_natural, [-1, 1 << 64, True, 1.0, None]))
    assert is_integer(-(1 << 63))
    assert is_integer((1 << 63) - 1)
    assert not any(map(is_integer, [1 << 63, -(1 << 63) - 1, False, 1.0]))
    assert is_seconds(0)
    assert is_seconds(86_400.0)
    assert not any(map(is_seconds, [-0.1, 86_401, float("nan"), True]))


@pytest.mark.parametrize("text", ["", "math", "größe", "群", "x" * 1024, "é" * 512, "\xa0", "a b"])
def test_text_may_be_of_any_language(text: str) -> None:
    assert is_text(text)


@pytest.mark.parametrize(
    "text", ["x" * 1025, "é" * 513, "a\nb", "a\x85é", "\x7f", "é\x1b", "é\x9f", "\ud800", "é\udfff", b""]
)
def test_text_that_is_too_long_or_has_what_may_not_be_is_none(text: Any) -> None:
    assert not is_text(text)


def test_a_name_may_be_empty_and_must_not_begin_with_the_sign_of_what_is_built_in() -> None:
    assert is_name("")
    assert is_name("a$")
    assert is_name("n" * 255)
    assert not any(map(is_name, ["$exchange", "$", "n" * 256, None]))


def test_the_least_frame_and_the_longest_path_are_taken() -> None:
    for kind, array in (
        (Kind.HELLO, changed(HELLO, 6, {"max-frame": SMALLEST_FRAME, "other": 0})),
        (Kind.WELCOME, (1, bytes(16), None, {"max-frame": SMALLEST_FRAME}, (), "rome")),
        (Kind.ANNOUNCE, changed(ANNOUNCED, 6, ("p",) * LONGEST_PATH)),
    ):
        layout = LAYOUTS[kind]
        assert layout is not None
        assert layout.check(array) == array
