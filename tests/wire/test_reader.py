"""A stream of bytes is cut into frames, wherever it was cut on the way."""

from __future__ import annotations

import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.wire.frames import PREFIX, PREFIX_SIZE, Frame, encode
from exchange.wire.layouts import Kind
from exchange.wire.limits import MIB
from exchange.wire.reader import FrameReader

CALL = b"i" * 16 + b"\0\0\0\1"
REQUEST = encode(Kind.REQUEST, CALL, ("math", "multiply", None), b"\x92\x06\x07")
REPLY = encode(Kind.REPLY, CALL, (), b"\x2a")
PING = encode(Kind.PING, b"", (7,))
LARGE = encode(Kind.REPLY, CALL, (), bytes(5_000))

FAULTS = [
    b"\0\0\0\0\0\0\0\0",
    b"\0\0\0\3\x21\0\0\0",
    b"\xff\xff\xff\xff\x21\0\0\x14",
    PREFIX.pack(6, Kind.PING, 1, 2) + b"\x91\x01",
    PREFIX.pack(6, Kind.PING, 0, 3) + b"\x91\x01",
    PREFIX.pack(4, 10, 0, 0),
    PREFIX.pack(6, Kind.PING, 0, 2) + b"\x91\xc0",
]


def read(pieces: list[bytes], largest: int = MIB) -> tuple[list[Frame], str | None]:
    """Return the frames of a stream that came in pieces, and the code of the fault in it."""
    reader = FrameReader(largest)
    frames = [frame for piece in pieces for frame in reader.feed(piece)]
    return frames, reader.fault.code if reader.fault else None


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[start:end] for start, end in pairwise(edges)]


def test_a_frame_cut_anywhere_is_read_whole() -> None:
    raw = REQUEST[3]
    for place in range(len(raw)):
        assert read([raw[:place], raw[place:]]) == ([REQUEST], None)


def test_frames_that_come_together_are_read_apart() -> None:
    assert read([REQUEST[3] + REPLY[3] + PING[3]]) == ([REQUEST, REPLY, PING], None)


def test_nothing_is_read_of_nothing() -> None:
    assert read([b"", b""]) == ([], None)


@given(
    st.lists(st.sampled_from([REQUEST, REPLY, PING, LARGE]), max_size=6),
    st.sampled_from([b"", *FAULTS]),
    st.lists(st.integers(0, 20_000), max_size=12),
)
def test_a_stream_cut_anywhere_reads_the_same_up_to_its_fault(
    frames: list[Frame], fault: bytes, places: list[int]
) -> None:
    stream = b"".join(frame[3] for frame in frames) + fault + (REPLY[3] if fault else b"")

    whole = read([stream])
    assert whole[0] == frames
    assert (whole[1] is not None) == bool(fault)
    assert read(cut(stream, places)) == whole


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1), st.lists(st.integers(0, 10_000)))
def test_a_mutated_stream_raises_nothing_and_is_read_the_same_wherever_it_is_cut(
    changes: list[tuple[int, int]], places: list[int]
) -> None:
    stream = bytearray(b"".join(frame[3] for frame in (REQUEST, PING, REPLY, REQUEST)))
    for place, byte in changes:
        stream[place % len(stream)] = byte

    assert read(cut(bytes(stream), places), 200) == read([bytes(stream)], 200)


@pytest.mark.parametrize("fault", FAULTS, ids=bytes.hex)
def test_nothing_is_read_after_a_fault(fault: bytes) -> None:
    reader = FrameReader(MIB)

    assert reader.feed(REPLY[3] + fault + REPLY[3]) == [REPLY]
    assert reader.fault is not None
    first = reader.fault
    assert reader.feed(REPLY[3]) == []
    assert reader.fault is first


def test_a_frame_that_is_too_large_is_a_fault_before_it_has_come() -> None:
    reader = FrameReader(1_000)

    assert reader.feed(LARGE[3][:4]) == []
    assert reader.fault is not None
    assert reader.fault.code == "too-large"
    assert "5024 bytes is too large, the most is 1000" in reader.fault.text


@pytest.mark.parametrize("record", ["16030102", "15030300"])
def test_a_frame_that_is_the_beginning_of_tls_is_called_so(record: str) -> None:
    reader = FrameReader(MIB)

    reader.feed(bytes.fromhex(record))

    assert reader.fault is not None
    assert reader.fault.code == "too-large"
    assert reader.fault.text == "the far end speaks TLS here, and this end does not"


def test_a_frame_of_exactly_the_largest_size_is_taken() -> None:
    assert read([LARGE[3]], len(LARGE[3]) - 4) == ([LARGE], None)
    assert read([LARGE[3]], len(LARGE[3]) - 5) == ([], "too-large")


def test_a_size_too_small_for_a_frame_is_a_fault_as_soon_as_it_has_come() -> None:
    for size, code in ((b"\0\0\0\3", "protocol"), (b"\xff\0\0\0", "too-large")):
        for place in range(4):
            assert read([size[:place], size[place:]]) == ([], code)


def test_the_largest_frame_may_change_between_two() -> None:
    reader = FrameReader(100)
    reader.feed(REPLY[3])
    reader.largest = MIB

    assert reader.feed(LARGE[3]) == [LARGE]


def test_it_is_told_whether_there_is_anything_else_than_traffic() -> None:
    reader = FrameReader(MIB)

    told = []
    for piece in (REPLY[3] + PING[3], REPLY[3], PING[3][:3], PING[3][3:]):
        reader.feed(piece)
        told.append(reader.control)

    assert told == [True, False, False, True]


def test_a_frame_in_tiny_pieces_takes_no_more_than_a_few_times_its_size() -> None:
    frame = encode(Kind.REPLY, CALL, (), bytes(600_000))
    reader = FrameReader(MIB)
    frames: list[Frame] = []

    tracemalloc.start()
    for start in range(0, len(frame[3]), 2):
        frames += reader.feed(frame[3][start : start + 2])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert frames == [frame]
    assert peak < 4 * len(frame[3])


def test_a_prefix_alone_is_waited_for() -> None:
    reader = FrameReader(MIB)

    assert reader.feed(REPLY[3][: PREFIX_SIZE - 1]) == []
    assert reader.feed(REPLY[3][PREFIX_SIZE - 1 : PREFIX_SIZE]) == []
    assert reader.feed(REPLY[3][PREFIX_SIZE:]) == [REPLY]


def test_it_tells_how_much_is_kept_of_a_frame_that_has_not_wholly_come() -> None:
    reader = FrameReader(MIB)

    told = []
    for piece in (REPLY[3], LARGE[3][:3], LARGE[3][3:1_000], LARGE[3][1_000:] + REPLY[3][:7], REPLY[3][7:]):
        reader.feed(piece)
        told.append(reader.unfinished)

    assert told == [0, 3, 1_000, 7, 0]


def test_nothing_is_kept_after_a_fault_or_of_what_is_forgotten() -> None:
    reader = FrameReader(MIB)

    reader.feed(LARGE[3][:1_000])
    reader.forget()
    assert reader.unfinished == 0
    assert reader.feed(REPLY[3]) == [REPLY]

    reader.feed(PING[3][:5])
    reader.feed(b"\1" + PING[3])
    assert reader.fault is not None
    assert reader.unfinished == 0
