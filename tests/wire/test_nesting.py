"""How deep a value is, and what a body claims to hold."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgpack import packb

from exchange.wire.limits import DEEPEST, MIB
from exchange.wire.nesting import HARMLESS, MOST_COUNTED, TooDeep, check_claims, check_depth, check_sendable

PADDING = packb(bytes(HARMLESS))

json_like = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text() | st.binary(max_size=300),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.lists(inner, min_size=16, max_size=40),
    max_leaves=30,
)


def nested(depth: int, make: Any = lambda value: [value]) -> Any:
    value = make(0)
    for _ in range(depth - 1):
        value = make(value)
    return value


@pytest.mark.parametrize("make", [lambda v: [v], lambda v: (v,), lambda v: {"k": v}], ids=["list", "tuple", "map"])
def test_so_many_containers_and_no_more_may_stand_one_in_another(make: Any) -> None:
    check_depth(nested(DEEPEST, make))
    with pytest.raises(TooDeep):
        check_depth(nested(DEEPEST + 1, make))


def test_containers_in_keys_count_too() -> None:
    check_depth({nested(DEEPEST - 1, lambda v: (v,)): 1})
    with pytest.raises(TooDeep):
        check_depth({nested(DEEPEST, lambda v: (v,)): 1})


def test_what_is_no_container_has_no_depth() -> None:
    check_depth(7)
    check_depth("text")


def test_sets_count_as_containers() -> None:
    value: Any = 0
    for _ in range(DEEPEST + 1):
        value = frozenset([value])
    with pytest.raises(TooDeep):
        check_depth({value})


def test_a_container_that_holds_itself_is_too_deep() -> None:
    loop: list[Any] = []
    loop.append(loop)

    with pytest.raises(TooDeep, match="more than 64 containers"):
        check_depth(loop)


def test_a_container_that_holds_itself_twice_is_refused_at_once() -> None:
    loop: list[Any] = []
    loop.extend([loop, loop])

    with pytest.raises(TooDeep, match="more than 64 containers"):
        check_depth(loop)


def test_a_depth_that_is_left_can_be_asked_for() -> None:
    check_depth([[]], 2)
    with pytest.raises(TooDeep):
        check_depth([[]], 1)
    with pytest.raises(TooDeep):
        check_depth([], 0)


def test_small_bodies_are_not_looked_at() -> None:
    check_claims(b"\xdd\xff\xff\xff\xff")


@given(json_like)
def test_no_honest_body_claims_too_much(value: Any) -> None:
    check_claims(packb([PADDING, value]))
    check_claims(memoryview(packb([value, PADDING, value])))


@pytest.mark.parametrize("claim", ["dcffff", "ddffffffff", "deffff", "dfffffffff", "dd00020000", "df00010000"])
def test_a_body_that_claims_more_than_it_can_hold_is_refused(claim: str) -> None:
    with pytest.raises(TooDeep, match="claims to hold more than it does"):
        check_claims(bytes.fromhex(claim) * 2 + PADDING)


def test_claims_add_up() -> None:
    claim = b"\xdd\x00\x00\x80\x00"

    check_claims(claim + bytes(HARMLESS))
    with pytest.raises(TooDeep):
        check_claims(claim * 3 + bytes(HARMLESS))


@pytest.mark.parametrize(
    "start", ["c4ff", "c5ffff", "c6ffffffff", "c7ff01", "c8ffff01", "c9ffffffff01", "d9ff", "daffff"]
)
def test_a_body_that_ends_early_is_refused(start: str) -> None:
    with pytest.raises(TooDeep):
        check_claims(bytes(HARMLESS) + bytes.fromhex(start))


@pytest.mark.parametrize("start", ["cc", "cd00", "ce", "cf00", "a5", "d4", "d8", "dc", "dd00", "c4", "c8ff"])
def test_a_body_that_ends_in_the_middle_of_an_item_is_refused_or_left_to_the_decoder(start: str) -> None:
    body = bytes(HARMLESS) + bytes.fromhex(start)
    try:
        check_claims(body)
    except TooDeep:
        return
    assert bytes.fromhex(start)[0] in range(0xA0, 0xE0)


def test_what_looks_like_a_claim_inside_text_or_bytes_is_none() -> None:
    inside = b"\xdd\xff\xff\xff\xff"

    check_claims(packb([PADDING, inside, inside * 60, inside * 20_000]))


@given(st.binary(max_size=300))
def test_any_bytes_are_taken_or_refused_and_nothing_else(data: bytes) -> None:
    try:
        check_claims(bytes(HARMLESS) + data)
    except TooDeep as error:
        assert "claims" in str(error)  # noqa: PT017


@pytest.mark.heavy
@pytest.mark.parametrize("item", [b"\x00", b"\xa3abc\x05", b"\xcb12345678", b"\xc4\x01x"])
def test_to_look_at_a_body_takes_no_room(item: bytes) -> None:
    body = item * (MIB // len(item))

    tracemalloc.start()
    check_claims(body)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < MIB


def array(item: bytes, count: int) -> bytes:
    return b"\xdd" + count.to_bytes(4, "big") + item * count


def extension(data: bytes, code: int = 1) -> bytes:
    return b"\xc9" + len(data).to_bytes(4, "big") + bytes([code]) + data


EXTENDED = b"\xc7\x04\x08\x93\0\0\0"
"""A time delta of nothing."""


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("item", "most"),
    [
        (b"\x80", MOST_COUNTED),
        (b"\x90", MOST_COUNTED),
        (b"\xd4\x01\x90", MOST_COUNTED),
        (b"\xc4\0", MOST_COUNTED),
        (EXTENDED, MOST_COUNTED // 3),
        (b"\xde\0\0", MOST_COUNTED),
    ],
    ids=["map", "array", "short extension", "bytes", "extension", "map of a counted size"],
)
def test_a_body_may_hold_so_many_costly_things_and_no_more(item: bytes, most: int) -> None:
    check_claims(array(item, most - 1_000))
    with pytest.raises(TooDeep, match="a body holds more than 1048576"):
        check_claims(array(item, most + 1_000))


def test_plain_values_are_not_counted() -> None:
    check_claims(array(b"\x07", 2 * MOST_COUNTED))
    check_claims(array(b"\xa3abc", MOST_COUNTED + 1))


def test_costly_things_are_counted_in_extensions_too() -> None:
    data = b"\xdc" + (60_000).to_bytes(2, "big") + b"\x80" * 60_000
    check_claims(array(extension(data), 17))
    with pytest.raises(TooDeep, match="a body holds more than"):
        check_claims(array(extension(data), 18))


def test_data_of_an_extension_that_is_no_body_is_not_looked_at() -> None:
    check_claims(extension(b"\xdd\xff\xff\xff\xff" * HARMLESS, code=4))


def test_extensions_that_stand_one_in_another_must_not_hold_too_much_together() -> None:
    def wrapped(levels: int) -> bytes:
        body: bytes = packb(bytes(15 * MIB))
        for _ in range(levels):
            body = extension(b"\x91" + body)
        return body

    check_claims(wrapped(8))
    with pytest.raises(TooDeep, match="hold too much together"):
        check_claims(wrapped(9))


def test_extensions_that_stand_side_by_side_may_hold_what_they_like() -> None:
    check_claims(array(extension(b"\x91" + packb(bytes(MIB))), 15))


def test_a_body_without_large_maps_is_known_as_one() -> None:
    large = dict.fromkeys(range(16))
    assert check_claims(packb([PADDING, {"a": 1}])) is False
    assert check_claims(packb([PADDING, large])) is True
    assert check_claims(array(extension(b"\x91" + packb(large)), 2_000)) is True
    assert check_claims(packb({"a": 1})) is True, "small bodies are not looked at"


@pytest.mark.heavy
def test_what_the_far_end_would_refuse_is_not_sent() -> None:
    value: list[Any] = [[] for _ in range(MOST_COUNTED + 1)]
    with pytest.raises(TooDeep, match="a body holds more than"):
        check_sendable(packb(value), value)
    check_sendable(packb(value[:1_000]), value[:1_000])
    with pytest.raises(TooDeep, match="containers stand one in another"):
        check_sendable(b"", nested(DEEPEST + 1))
