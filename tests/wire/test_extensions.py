"""Values that msgpack does not know, types of users included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import UnsuitableValue
from exchange.wire.extensions import FROM_BYTES, TO_BYTES, Code, register_type, registered
from exchange.wire.values import decode_value, encode_value


@dataclass(frozen=True)
class Money:
    """A type of a user's."""

    amount: Decimal
    currency: str


class Coin(Money):
    """A kind of it, which is not registered itself."""


register_type(Money, "tests.Money", lambda money: (money.amount, money.currency), lambda parts: Money(*parts))


def round_trip(value: Any) -> Any:
    return decode_value(encode_value(value, 52), 44)


@pytest.mark.parametrize("power", [63, 64, 65, 127, 128, 200, 4_096, 100_000])
def test_integers_of_any_size_travel(power: int) -> None:
    for value in (2**power - 1, 2**power, 2**power + 1):
        assert round_trip(value) == value
        assert round_trip(-value) == -value


def test_an_integer_takes_no_more_bytes_than_it_needs_and_one_for_its_sign() -> None:
    to_bytes = TO_BYTES[int][1]

    assert to_bytes(2**64) == b"\x01" + bytes(8)
    assert to_bytes(-(2**63) - 1) == b"\xff\x7f" + b"\xff" * 7
    assert len(to_bytes(2**71 - 1)) == 9
    assert len(to_bytes(2**71)) == 10


def test_large_numbers_are_read_in_linear_time() -> None:
    # A quadratic conversion of eight million digits would take minutes.
    assert decode_value(b"\xc9\x00\x7a\x12\x00\x04" + b"\x7f" * 8_000_000, 44).bit_length() == 64_000_000 - 1
    assert decode_value(b"\xc9\x00\x7a\x12\x00\x09" + b"7" * 8_000_000, 44).adjusted() == 7_999_999


@pytest.mark.parametrize(
    "text", ["0", "-0", "1.10", "1E+30", "1E-30", "1E+999999999999999999", "Infinity", "NaN", "-sNaN123"]
)
def test_decimals_keep_their_digits(text: str) -> None:
    assert str(round_trip(Decimal(text))) == text


def test_a_moment_keeps_its_offset_or_has_none() -> None:
    naive = datetime(2026, 11, 22, 10, 30)
    assert round_trip(naive) == naive
    assert round_trip(naive).tzinfo is None
    aware = naive.replace(tzinfo=UTC)
    assert round_trip(aware) == aware
    assert round_trip(aware).utcoffset() == timedelta(0)


@pytest.mark.parametrize("value", [date.min, date.max, time.min, time.max, datetime.min, datetime.max])
def test_the_first_and_the_last_of_times_travel(value: Any) -> None:
    assert round_trip(value) == value


@given(st.timedeltas())
def test_spans_of_time_travel(span: timedelta) -> None:
    assert round_trip(span) == span


@given(st.sampled_from(sorted(FROM_BYTES)), st.binary(max_size=40))
def test_any_data_are_read_or_refused_and_nothing_else(code: int, data: bytes) -> None:
    body = b"\xc7" + bytes([len(data), code]) + data
    try:
        value = decode_value(body, 44)
    except UnsuitableValue as error:
        assert error.number == 44  # noqa: PT017
    else:
        assert type(value) in TO_BYTES


def test_a_registered_type_travels_as_what_it_is_encoded_to() -> None:
    money = Money(Decimal("1.10"), "EUR")

    assert round_trip({"price": [money]}) == {"price": [money]}
    assert registered(Money) is not None
    assert registered(Coin) is None


def test_a_subclass_travels_as_the_nearest_base_that_is_known() -> None:
    assert round_trip(Coin(Decimal(2), "EUR")) == Money(Decimal(2), "EUR")


def test_a_registered_type_may_hold_others_and_itself() -> None:
    class Tree:
        def __init__(self, *branches: Any) -> None:
            self.branches = branches

    register_type(Tree, "tests.Tree", lambda tree: tree.branches, lambda branches: Tree(*branches))
    tree = round_trip(Tree(Tree(), Tree(Money(Decimal(1), "EUR"))))

    assert [type(branch) for branch in tree.branches] == [Tree, Tree]
    assert tree.branches[1].branches == (Money(Decimal(1), "EUR"),)


def test_a_type_that_encodes_itself_without_end_is_refused() -> None:
    class Mirror: ...

    register_type(Mirror, "tests.Mirror", lambda mirror: [mirror], lambda parts: parts[0])

    with pytest.raises(UnsuitableValue, match="more than 64 containers"):
        encode_value(Mirror(), 52)


def test_a_type_may_be_registered_again_and_a_name_not_for_another() -> None:
    class Euro: ...

    register_type(Euro, "tests.Euro", str, str)
    register_type(Euro, "tests.Euro", repr, repr)
    found = registered(Euro)
    assert found is not None
    assert found.encode is repr

    with pytest.raises(ValueError, match=r"another type is registered as 'tests\.Money' already"):
        register_type(Euro, "tests.Money", str, str)


@pytest.mark.parametrize("name", ["", "$money", "a\nb", "n" * 256, "\ud800"])
def test_a_type_needs_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="cannot name a type"):
        register_type(Money, name, str, str)


def test_what_the_decoder_of_a_user_raises_is_told() -> None:
    class Fragile: ...

    def broken(parts: Any) -> Fragile:
        raise KeyError("wood")

    register_type(Fragile, "tests.Fragile", lambda value: None, broken)
    with pytest.raises(UnsuitableValue, match="wood"):
        round_trip(Fragile())


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("d52091c0", "an array has 1 items where 2 are expected"),
        ("c70320920102", "no type is registered as 1 in this process; call register_type for it"),
        ("c70520929000c0", "a body cannot be decoded: "),
        ("c703089201c0", "an array has 2 items where 3 are expected"),
        ("d501a161", "extension 1 must hold an array"),
    ],
)
def test_parts_of_another_shape_are_refused(body: str, text: str) -> None:
    with pytest.raises(UnsuitableValue) as caught:
        decode_value(bytes.fromhex(body), 44)

    assert text in caught.value.description


def test_sets_travel_and_their_kind_too() -> None:
    for value in (set(), {1, "a"}, frozenset(), frozenset([(1, 2), frozenset([3])])):
        assert round_trip(value) == value
        assert type(round_trip(value)) is type(value)


def test_the_codes_are_those_of_the_specification() -> None:
    assert [*Code] == [*range(1, 12), 32]


def test_a_subclass_that_tells_something_else_of_itself_travels_as_what_it_is() -> None:
    class Moment(datetime):
        def isoformat(self, *args: Any, **kwargs: Any) -> str:
            return "tomorrow"

    class Day(date):
        def isoformat(self) -> str:
            return "tomorrow"

    class Hour(time):
        def isoformat(self, *args: Any, **kwargs: Any) -> str:
            return "late"

    class Price(Decimal):
        def __str__(self) -> str:
            return "much"

    value = [Moment(2020, 1, 2, 3, tzinfo=UTC), Day(2020, 1, 2), Hour(3, 4), Price("1.10")]
    assert round_trip(value) == [datetime(2020, 1, 2, 3, tzinfo=UTC), date(2020, 1, 2), time(3, 4), Decimal("1.10")]
