"""Keys that are all alike to a hash table are refused before it is filled."""

from __future__ import annotations

import sys
from typing import Any
from uuid import UUID

import pytest

from exchange.errors import UnsuitableValue
from exchange.wire.hashing import MOST_ALIKE, check_hashes, fair_map
from exchange.wire.values import decode_value, encode_request, encode_value

ALIKE = [sys.hash_info.modulus * number for number in range(100, 100 + 20_000)]


def decoded(value: Any) -> Any:
    return decode_value(encode_value(value, 52), 44)


def test_the_last_of_equal_keys_stands() -> None:
    assert fair_map([("a", 1), ("b", 2), ("a", 3)]) == {"a": 3, "b": 2}


def test_a_few_keys_may_be_alike() -> None:
    few = ALIKE[:MOST_ALIKE]
    check_hashes(few)
    check_hashes([*few, *range(1_000, 100_000)])
    assert fair_map([(key, None) for key in few]) == dict.fromkeys(few)


def test_many_keys_that_are_alike_are_refused() -> None:
    with pytest.raises(ValueError, match="have the hash of another"):
        check_hashes(ALIKE)
    with pytest.raises(ValueError, match="have the hash of another"):
        fair_map([(key, None) for key in ALIKE])


def test_what_cannot_be_a_key_is_refused() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        fair_map([([], None)])


@pytest.mark.parametrize("make", [int, lambda number: UUID(int=number), lambda number: (number,)])
def test_honest_keys_are_taken_whatever_their_type(make: Any) -> None:
    value = {make(number): number for number in range(5_000)}

    assert decoded(value) == value
    assert decoded(set(value)) == set(value)


@pytest.mark.parametrize("make", [set, frozenset, dict.fromkeys])
def test_a_body_of_keys_that_are_alike_is_refused_at_once(make: Any) -> None:
    pairs = [encode_value(key, 52) + b"\xc0" for key in ALIKE[:2_000]]
    items = [encode_value(key, 52) for key in ALIKE[:2_000]]
    data = b"\xdc" + len(items).to_bytes(2, "big") + b"".join(items)
    bodies = {
        dict.fromkeys: b"\xde" + len(pairs).to_bytes(2, "big") + b"".join(pairs),
        set: b"\xc8" + len(data).to_bytes(2, "big") + b"\x02" + data,
        frozenset: b"\xc8" + len(data).to_bytes(2, "big") + b"\x03" + data,
    }

    with pytest.raises(UnsuitableValue, match="have the hash of another"):
        decode_value(bodies[make], 44)


@pytest.mark.parametrize("make", [set, frozenset, dict.fromkeys])
def test_keys_that_are_alike_are_refused_at_the_sender_with_the_path_to_them(make: Any) -> None:
    with pytest.raises(UnsuitableValue, match=r"^args\[1\]\['many'\]: more than 512 keys or items have the hash of"):
        encode_request([1, {"many": make(ALIKE[:2_000])}], {})


def test_a_large_body_is_looked_at_for_keys_that_are_alike_too() -> None:
    pairs = b"".join(encode_value(key, 52) + b"\xc0" for key in ALIKE[:20_000])
    table = b"\xde" + (20_000).to_bytes(2, "big") + pairs
    inside = b"\x91" + table
    for body in (table, b"\xc9" + len(inside).to_bytes(4, "big") + b"\x01" + inside):
        with pytest.raises(UnsuitableValue, match="have the hash of another"):
            decode_value(body, 44)
