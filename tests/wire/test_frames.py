"""One frame to bytes and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgpack import packb

from exchange.errors import LocalProtocolError
from exchange.wire.frames import (
    MOST_REQUESTS,
    PREFIX,
    PREFIX_SIZE,
    REQUESTS,
    body_of,
    encode,
    parse,
    renamed,
    reply_of,
)
from exchange.wire.layouts import LAYOUTS, Kind
from exchange.wire.limits import LARGEST_HEADER
from exchange.wire.reader import FrameReader

CALL = b"i" * 16 + b"\0\0\0\1"
ARRAYS: dict[Kind, bytes] = {
    Kind.HELLO: packb([[1], "peer", "", bytes(32), 1, "open"]),
    Kind.CHALLENGE: packb([b""]),
    Kind.PROOF: packb([b""]),
    Kind.WELCOME: packb([1, bytes(16), None, {}, []]),
    Kind.READY: b"",
    Kind.LEAVING: packb(["moving", 5]),
    Kind.BYE: packb(["left", ""]),
    Kind.PING: packb([1]),
    Kind.PONG: packb([1]),
    Kind.ANNOUNCE: packb([1, "math", [], "*", b"", None, [], None]),
    Kind.WITHDRAW: packb(["lost"]),
    Kind.SUBSCRIBE: packb(["feed", "*", "latest", 1]),
    Kind.UNSUBSCRIBE: b"",
    Kind.CANCEL: b"",
}


def parsed(raw: bytes) -> Any:
    _, kind, _, header_length = PREFIX.unpack_from(raw)
    return parse(kind, header_length, raw)


def test_a_request_is_its_prefix_its_id_its_array_and_its_body() -> None:
    frame = encode(Kind.REQUEST, CALL, ("math", "multiply", None), b"body")

    array = packb(["math", "multiply", None])
    assert frame[3] == PREFIX.pack(4 + 20 + len(array) + 4, Kind.REQUEST, 0, 20 + len(array)) + CALL + array + b"body"
    assert frame == (Kind.REQUEST, CALL, ("math", "multiply", None), frame[3])


def test_what_is_encoded_is_parsed_to_the_same() -> None:
    frame = encode(Kind.REPORT, CALL, ("feed", "nyse.ibm", None, True, False), b"\x01")

    assert parsed(frame[3]) == frame
    assert bytes(body_of(frame[3])) == b"\x01"


def test_a_reply_is_passed_on_without_an_array() -> None:
    raw = encode(Kind.REPLY, CALL, (), b"\x2a")[3]

    assert len(raw) == PREFIX_SIZE + 20 + 1
    assert parsed(raw) == (Kind.REPLY, CALL, (), raw)


def test_a_reply_is_made_in_few_steps_as_any_frame_is() -> None:
    assert reply_of(CALL, b"\x2a") == encode(Kind.REPLY, CALL, (), b"\x2a")


def test_the_same_header_with_another_body_or_id_is_another_frame() -> None:
    array = ("math", "multiply", None)
    one, other = encode(Kind.REQUEST, CALL, array, b"1"), encode(Kind.REQUEST, CALL[::-1], array, b"2")

    assert parsed(one[3])[1:] == (CALL, array, one[3])
    assert parsed(other[3])[1:] == (CALL[::-1], array, other[3])


def test_a_header_too_long_to_be_remembered_is_read_as_well() -> None:
    frame = encode(Kind.REQUEST, CALL, ("n" * 255, "m" * 255, None))

    assert parsed(frame[3]) == frame


def test_what_was_read_of_one_kind_is_not_taken_for_another() -> None:
    report = encode(Kind.REPORT, CALL, ("feed", "s", None, False, False))[3]
    _, _, _, header_length = PREFIX.unpack_from(report)
    assert parsed(report)[2] == ("feed", "s", None, False, False)

    with pytest.raises(LocalProtocolError, match="FAILURE"):
        parse(Kind.FAILURE, header_length, report)


def test_a_field_that_is_wrong_is_refused_before_it_is_sent() -> None:
    with pytest.raises(LocalProtocolError, match="'to' of REQUEST"):
        encode(Kind.REQUEST, CALL, ("a\nb", "multiply", None))
    with pytest.raises(LocalProtocolError, match="'to' of REQUEST"):
        encode(Kind.REQUEST, CALL, ("\ud800", "multiply", None))
    with pytest.raises(LocalProtocolError, match="'groups' of ANNOUNCE"):
        encode(Kind.ANNOUNCE, CALL, (1, "math", ("g",) * 257, "*", b"", None, (), None))


def test_a_header_that_does_not_fit_is_refused_before_it_is_sent() -> None:
    with pytest.raises(LocalProtocolError, match=f"the most is {LARGEST_HEADER}"):
        encode(Kind.ANNOUNCE, CALL, (1, "math", ("g" * 255,) * 256, "*", b"", None, (), None))


WITHOUT_BODY = [kind for kind in Kind if kind not in (Kind.REQUEST, Kind.REPLY, Kind.FAILURE, Kind.REPORT)]


@pytest.mark.parametrize("kind", WITHOUT_BODY, ids=lambda kind: kind.name)
def test_a_body_where_there_should_be_none_is_refused(kind: Kind) -> None:
    layout = LAYOUTS[kind]
    assert layout is not None
    thing, header = (CALL if layout.has_id else b""), ARRAYS[kind]
    for array in {header, header or b"\x90"}:
        raw = PREFIX.pack(4 + len(thing + array), kind, 0, len(thing + array)) + thing + array
        assert parsed(raw)[0] == kind
        with pytest.raises(LocalProtocolError, match=f"^{kind.name} has no body, and 2 bytes came as one$"):
            parsed(PREFIX.pack(6 + len(thing + array), kind, 0, len(thing + array)) + thing + array + b"no")


@pytest.mark.parametrize("kind", [0, 10, 15, 20, 31, 37, 255])
def test_a_kind_that_is_none_is_refused(kind: int) -> None:
    with pytest.raises(LocalProtocolError, match=f"{kind} is no kind of frame"):
        parse(kind, 0, PREFIX.pack(4, kind, 0, 0))


def test_a_header_without_room_for_an_id_is_refused() -> None:
    with pytest.raises(LocalProtocolError, match="the header of REPLY is too short for an id"):
        parsed(PREFIX.pack(23, Kind.REPLY, 0, 19) + bytes(19))


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"\x80",
        b"\x01",
        b"\x91",
        b"\xc1",
        b"\x91\xc1",
        b"\x91\x01\x00",
        b"\xdd\xff\xff\xff\xff",
        b"\x91\xa2\xff\xff",
    ],
)
def test_a_header_that_is_no_array_is_refused(header: bytes) -> None:
    with pytest.raises(LocalProtocolError, match="the header of PING"):
        parsed(PREFIX.pack(4 + len(header), Kind.PING, 0, len(header)) + header)


@pytest.mark.parametrize(
    "more",
    [{(1, 2): 3}, {1: 2}, {None: 1}, [0] * 257, {str(n): n for n in range(257)}],
    ids=["array as key", "number as key", "nil as key", "long array", "long map"],
)
def test_a_field_that_is_not_known_must_be_well_formed(more: Any) -> None:
    header = packb([1, more])

    with pytest.raises(LocalProtocolError, match="the header of PING is not msgpack as it must be"):
        parsed(PREFIX.pack(4 + len(header), Kind.PING, 0, len(header)) + header)


def test_a_map_as_a_key_is_refused() -> None:
    header = b"\x92\x01\x81\x80\x01"

    with pytest.raises(LocalProtocolError, match="the header of PING is not msgpack as it must be"):
        parsed(PREFIX.pack(4 + len(header), Kind.PING, 0, len(header)) + header)


def test_arrays_without_end_in_one_another_are_refused() -> None:
    header = b"\x91" * 60_000

    with pytest.raises(LocalProtocolError, match="the header of PING is not msgpack as it must be"):
        parsed(PREFIX.pack(4 + len(header), Kind.PING, 0, len(header)) + header)


@given(st.sampled_from(list(Kind)), st.binary(max_size=200))
def test_any_header_is_read_or_refused_and_nothing_else(kind: Kind, header: bytes) -> None:
    raw = PREFIX.pack(4 + len(header), kind, 0, len(header)) + header
    try:
        frame = parsed(raw)
    except LocalProtocolError as error:
        assert error.text.isprintable()  # noqa: PT017
    else:
        assert frame[3] == raw
        assert parsed(encode(kind, *frame[1:3])[3])[:3] == frame[:3]


def test_a_subject_that_is_no_text_is_refused_to_one_subscriber_and_to_all() -> None:
    for to in (None, CALL):
        with pytest.raises(LocalProtocolError, match="'subject' of REPORT"):
            encode(Kind.REPORT, CALL, ("feed", 7, to, False))


@pytest.mark.parametrize("kind", [Kind.REPLY, Kind.FAILURE])
def test_a_frame_about_another_thing_keeps_all_else_also_fields_that_we_do_not_know(kind: Kind) -> None:
    array = () if kind == Kind.REPLY else (1, None)
    header = b"" if kind == Kind.REPLY else packb((*array, "later"))
    other = b"o" * 20
    raw = PREFIX.pack(4 + 20 + len(header) + 4, kind, 0, 20 + len(header)) + CALL + header + b"body"

    frame = renamed(parse(kind, 20 + len(header), raw), other)
    assert frame == (kind, other, array, raw.replace(CALL, other))
    assert frame == parse(kind, 20 + len(header), frame[3])


@pytest.mark.parametrize("size", [0, 1, 255, 256, 5000])
def test_a_reply_is_made_as_any_other_frame_whatever_its_size(size: int) -> None:
    body = bytes(size)

    assert reply_of(CALL, body) == encode(Kind.REPLY, CALL, (), body)


def test_what_is_remembered_of_requests_is_bounded() -> None:
    for number in range(2 * MOST_REQUESTS):
        raw = encode(Kind.REQUEST, CALL, ("math", f"method{number}", None))[-1]
        (frame,) = FrameReader(1000).feed(raw)
        assert frame[2] == ("math", f"method{number}", None)
        assert len(REQUESTS) <= MOST_REQUESTS
