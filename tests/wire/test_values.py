"""Python values to a body and back."""

from __future__ import annotations

import enum
import random
import tracemalloc
from collections import Counter, OrderedDict, defaultdict, namedtuple
from datetime import timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgpack import packb

from exchange.errors import UnsuitableValue
from exchange.wire.extensions import register_type
from exchange.wire.values import (
    decode_request,
    decode_value,
    encode_context,
    encode_request,
    encode_value,
    join_request,
)

offsets = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
keys = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.dates()
    | st.datetimes()
    | st.datetimes(timezones=offsets)
    | st.times()
    | st.timedeltas()
    | st.decimals(allow_nan=False)
    | st.uuids()
    | st.complex_numbers(allow_nan=False)
)
hashable = st.recursive(
    keys, lambda inner: st.lists(inner, max_size=4).map(tuple) | st.frozensets(inner, max_size=4), max_leaves=5
)
values = st.recursive(
    keys | st.floats() | hashable,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.lists(inner, max_size=5).map(tuple)
        | st.dictionaries(hashable, inner, max_size=5)
        | st.sets(hashable, max_size=5)
    ),
    max_leaves=20,
)


def round_trip(value: Any) -> Any:
    return decode_value(encode_value(value, 52), 44)


def shape(value: Any) -> Any:
    """Return a value with the types of all its parts, so that 1, 1.0 and True differ, and NaN equals itself."""
    if isinstance(value, list | tuple):
        return type(value), [shape(item) for item in value]
    if isinstance(value, set | frozenset):
        return type(value), sorted(repr(shape(item)) for item in value)
    if isinstance(value, dict):
        return dict, [(shape(key), shape(item)) for key, item in value.items()]
    if hasattr(value, "utcoffset"):
        return type(value), value.isoformat()
    return type(value), repr(value)


def nested(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


def refusal(*args: Any, **kwargs: Any) -> str:
    """Return how a request with these arguments is refused."""
    with pytest.raises(UnsuitableValue) as caught:
        encode_request(args, kwargs)
    assert caught.value.number == UnsuitableValue.CANNOT_ENCODE_REQUEST
    assert caught.value.delivered is False
    return caught.value.description


@pytest.mark.heavy
@settings(max_examples=400)
@given(values)
def test_any_value_arrives_as_it_was_with_the_types_of_all_its_parts(value: Any) -> None:
    assert shape(round_trip(value)) == shape(value)


@pytest.mark.heavy
@given(st.lists(values, max_size=3), st.dictionaries(st.text(), values, max_size=3))
def test_any_arguments_arrive_as_they_were(args: list[Any], kwargs: dict[str, Any]) -> None:
    request = decode_request(encode_request(args, kwargs))

    assert shape(request[0]) == shape(args)
    assert shape(request[1]) == shape(kwargs)
    assert request[2] == {}


@pytest.mark.parametrize("size", [1, 100, 5_000])
@pytest.mark.parametrize("context", [{"time-left": 30_000}, {"properties": {"a": "b" * 300}}])
def test_the_context_of_a_request_arrives_beside_arguments_of_any_size(size: int, context: dict[str, Any]) -> None:
    body = encode_request([b"x" * size], {"key": 1}, context)

    assert body == join_request([b"x" * size], {"key": 1}, encode_context(context))
    assert decode_request(body) == ([b"x" * size], {"key": 1}, context)


def test_a_context_that_cannot_be_sent_is_refused_with_the_path_to_it() -> None:
    with pytest.raises(UnsuitableValue, match=r"context\['properties'\]\['a'\]: a value of type") as caught:
        encode_request([], {}, {"properties": {"a": object()}})
    assert caught.value.delivered is False


def test_who_interrupts_while_a_context_is_encoded_is_heard() -> None:
    class Interrupting:
        pass

    def interrupt(value: Any) -> Any:
        raise KeyboardInterrupt

    register_type(Interrupting, "test.Interrupting", interrupt, interrupt)
    with pytest.raises(KeyboardInterrupt):
        encode_request([], {}, {"properties": Interrupting()})


def test_a_body_may_be_read_where_it_lies() -> None:
    assert decode_value(memoryview(b"..\x92\x01\xa1a")[2:], 44) == [1, "a"]


class Colour(enum.IntEnum):
    RED = 7


class Name(str): ...


class Blob(bytes): ...


class Ratio(float): ...


Pair = namedtuple("Pair", "left right")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Colour.RED, 7),
        (Name("a"), "a"),
        (Blob(b"a"), b"a"),
        (Ratio(0.5), 0.5),
        (bytearray(b"ab"), b"ab"),
        (memoryview(b"ab"), b"ab"),
        (Pair(1, 2), (1, 2)),
        (OrderedDict(a=1), {"a": 1}),
        (defaultdict(list, a=[1]), {"a": [1]}),
        (Counter("aab"), {"a": 2, "b": 1}),
    ],
    ids=repr,
)
def test_a_subclass_arrives_as_the_base_that_is_known(value: Any, expected: Any) -> None:
    assert shape(round_trip(value)) == shape(expected)
    assert shape(round_trip([value])) == shape([expected])


def test_large_values_arrive_too() -> None:
    value = [
        {"key": list(range(40_000)), "text": "x" * 100_000},
        (b"y" * 100_000,),
        {number: [] for number in range(2_000)},
    ]

    assert round_trip(value) == value


class Clock: ...


def test_what_cannot_be_sent_is_refused_with_the_path_to_it() -> None:
    cannot = "a value of type 'test_values.Clock' cannot be sent; register_type can teach how"

    assert refusal(1, {"when": Clock()}).endswith("Clock' cannot be sent; register_type can teach how")
    assert refusal(1, {"when": Clock()}).startswith("args[1]['when']: a value of type ")
    assert refusal(Clock()).split(": ")[0] == "args[0]"
    assert refusal(when=Clock()).split(": ")[0] == "kwargs['when']"
    assert refusal([0, (1, Clock())]).split(": ")[0] == "args[0][1][1]"
    assert refusal({2: {b"k": [Clock()]}}).split(": ")[0] == "args[0][2][b'k'][0]"
    assert refusal({Clock()}).split(": ")[0] == "an item of args[0]"
    assert refusal({(1, Clock()): 0}).split(": ")[0] == "a key of args[0][1]"
    assert refusal(Clock()).endswith(cannot.split("'", 2)[2])


def test_a_result_that_cannot_be_sent_is_refused_and_whether_it_was_delivered_is_left_open() -> None:
    with pytest.raises(UnsuitableValue, match=r"^result\['a'\]: a value of type ") as caught:
        encode_value({"a": Clock()}, UnsuitableValue.CANNOT_ENCODE_REPLY)

    assert caught.value.number == UnsuitableValue.CANNOT_ENCODE_REPLY
    assert caught.value.delivered is None


def test_text_that_cannot_be_encoded_is_refused_with_the_path_to_it() -> None:
    assert refusal("fine", ["\ud800"]).startswith("args[1][0]: 'utf-8' codec can't encode")
    assert refusal(**{"\ud800": 1}).startswith("a key of kwargs: 'utf-8' codec can't encode")


@pytest.mark.parametrize("depth", [63, 64, 65, 66, 300, 600, 5_000])
def test_what_is_nested_too_deep_is_refused_with_the_path_to_it(depth: int) -> None:
    description = refusal(1, nested(depth))

    assert description.startswith("args[1][0]")
    assert description.endswith(": more than 64 containers stand one in another")
    assert depth < 100 or len(description) < 100, "a path does not repeat itself for ever"


def test_arguments_may_be_nested_up_to_the_limit() -> None:
    assert decode_request(encode_request([nested(62)], {}))[0] == [nested(62)]
    assert round_trip(nested(64)) == nested(64)
    with pytest.raises(UnsuitableValue, match="more than 64 containers stand one in another"):
        encode_value(nested(65), 52)


def test_a_value_that_holds_itself_is_refused() -> None:
    loop: list[Any] = [1]
    loop.append(loop)
    table: dict[str, Any] = {}
    table["self"] = table

    assert refusal(loop) == "args[0][1]: more than 64 containers stand one in another"
    assert refusal(table) == "args[0]['self']: more than 64 containers stand one in another"


@pytest.mark.parametrize("base", [dict, list, tuple, set])
def test_a_container_that_cannot_be_sent_though_all_in_it_can_is_named_itself(base: Any) -> None:
    class Locked(base): ...  # type: ignore[misc]

    def encode(value: Any) -> Any:
        raise ValueError("the key is lost")

    register_type(Locked, f"tests.Locked.{base.__name__}", encode, lambda parts: Locked())

    assert refusal([Locked({1: 2})]) == "args[0][0]: the key is lost"


def test_a_value_that_is_refused_once_and_not_again_is_refused_with_the_first_reason() -> None:
    class Moody: ...

    moods = [ValueError("not today")]

    def encode(value: Moody) -> int:
        if moods:
            raise moods.pop()
        return 7

    register_type(Moody, "tests.Moody", encode, lambda parts: Moody())

    assert refusal(Moody()) == "not today"


class Exiting: ...


def leave(*_: Any) -> Any:
    raise SystemExit(9)


register_type(Exiting, "tests.Exiting in values", leave, leave)


def test_a_type_of_the_users_that_would_end_the_process_is_refused() -> None:
    assert refusal(Exiting()) == "args[0]: 9"
    with pytest.raises(UnsuitableValue, match=r"^result: 9$"):
        encode_value(Exiting(), 52)
    body = packb(["tests.Exiting in values", 1])
    with pytest.raises(UnsuitableValue, match=r"^a body cannot be decoded: 9$"):
        decode_value(b"\xc7" + bytes([len(body), 32]) + body, 44)


def test_an_interrupt_of_the_keyboard_is_heeded() -> None:
    class Slow: ...

    def interrupt(*_: Any) -> Any:
        raise KeyboardInterrupt

    register_type(Slow, "tests.Slow", interrupt, interrupt)
    body = packb(["tests.Slow", 1])
    for heed in (
        lambda: encode_request([Slow()], {}),
        lambda: encode_value(Slow(), 52),
        lambda: decode_value(b"\xc7" + bytes([len(body), 32]) + body, 44),
    ):
        with pytest.raises(KeyboardInterrupt):
            heed()


def test_a_path_that_cannot_be_shown_is_told_all_the_same() -> None:
    assert refusal({10**5000: [Clock()]}).startswith("args[0][<int>][0]: a value of type ")


def test_a_container_that_does_not_show_what_it_holds_is_refused() -> None:
    class Closed(dict[Any, Any]):
        items = keys = __iter__ = leave

    assert refusal([Closed(a=1)]) == "9"


@pytest.mark.parametrize(
    "body", [b"\x92" * depth + b"\x90\x90" * depth for depth in (65, 500, 2_000)] + [b"\x91" * 65 + b"\x90"], ids=len
)
def test_a_body_nested_too_deep_is_refused(body: bytes) -> None:
    with pytest.raises(UnsuitableValue, match=r"a body cannot be decoded: .+"):
        decode_value(body, 44)


def test_extensions_nested_too_deep_are_refused() -> None:
    body = b"\xc0"
    for _ in range(66):
        body = b"\xc8" + (len(body) + 1).to_bytes(2, "big") + b"\x01\x91" + body

    with pytest.raises(UnsuitableValue, match="more than 64 containers"):
        decode_value(body, 44)


def test_what_is_turned_into_itself_for_ever_is_refused() -> None:
    class Doll: ...

    register_type(Doll, "tests.Doll", lambda doll: [doll], lambda parts: Doll())

    assert refusal(Doll()) == "args[0]: more than 64 containers stand one in another"


@pytest.mark.parametrize("body", ["d401a0", "d502c0c0", "d40180"])
def test_an_extension_of_another_shape_is_refused(body: str) -> None:
    with pytest.raises(UnsuitableValue, match=r"a body cannot be decoded: .+"):
        decode_value(bytes.fromhex(body), 44)


def test_what_is_refused_is_told_shortly() -> None:
    with pytest.raises(UnsuitableValue) as caught:
        decode_value(b"\xc9\x00\x10\x00\x00\x05" + b"x" * (1 << 20), 44)

    assert len(caught.value.description) <= 1_024


@given(st.binary(max_size=500), st.integers(0, 99))
def test_random_bytes_are_decoded_or_refused_and_nothing_else(body: bytes, number: int) -> None:
    for decode in (decode_value, lambda body, number: decode_request(body)):
        try:
            decode(body, number)
        except UnsuitableValue as error:
            assert error.number in (number, 54)  # noqa: PT017
            assert error.description  # noqa: PT017


@given(values, st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=5))
def test_a_mutated_body_is_decoded_or_refused_and_nothing_else(value: Any, changes: list[tuple[int, int]]) -> None:
    body = bytearray(encode_value(value, 52))
    for place, byte in changes:
        body[place % len(body)] = byte
    try:
        decode_value(bytes(body), 44)
    except UnsuitableValue as error:
        assert error.description.startswith("a body cannot be decoded: ")  # noqa: PT017


def test_bodies_that_claim_much_build_nothing_large() -> None:
    claims = [b"\xdd\xff\xff\xff\xff", b"\xdd\x00\x00\xff\x00", b"\xdf\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff"]
    chance = random.Random(1)
    bodies = [b"".join(chance.choices(claims, k=200)) + bytes(100_000)]
    bodies += [claim * 400 + chance.randbytes(60_000) for claim in claims]
    bodies += [packb([0] * 20) + claim for claim in claims]

    tracemalloc.start()
    for body in bodies:
        with pytest.raises(UnsuitableValue):
            decode_value(body, 44)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 300 << 20


def test_the_room_that_a_large_value_took_is_given_back() -> None:
    large = bytes(32 << 20)
    encode_value([1], 42)
    tracemalloc.start()
    for value in (large, (large,)):
        encode_value(value, 42)
    left, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert left < 1 << 20
    assert decode_value(encode_value([1], 42), 44) == [1]


def test_a_request_needs_its_two_parts_and_may_have_more() -> None:
    assert decode_request(packb([[1], {"a": 2}, {"user": "ann"}, "more"])) == ([1], {"a": 2}, {"user": "ann"})
    assert decode_request(packb([[1], {"a": 2}])) == ([1], {"a": 2}, {})


@pytest.mark.parametrize("parts", [None, {}, [], [[]], [{}, {}], [[], []], [[], {}, []], [[], {}, None], [[], {1: 2}]])
def test_a_request_of_another_shape_is_refused(parts: Any) -> None:
    with pytest.raises(UnsuitableValue) as caught:
        decode_request(packb(parts))

    assert caught.value.number == UnsuitableValue.CANNOT_DECODE_REQUEST
