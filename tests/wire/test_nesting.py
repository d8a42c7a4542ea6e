"""How deep a value is, and what a body claims to hold."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgpack import packb

from exchange.wire.limits import DEEPEST, MIB
from exchange.wire.nesting import HARMLESS, TooDeep, check_claims, check_depth

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


@pytest.mark.parametrize("item", [b"\x00", b"\xa3abc\x05", b"\xcb12345678", b"\xc4\x01x"])
def test_to_look_at_a_body_takes_no_room(item: bytes) -> None:
    body = item * (MIB // len(item))

    tracemalloc.start()
    check_claims(body)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < MIB
