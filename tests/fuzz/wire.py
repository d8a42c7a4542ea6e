"""What is fuzzed of the wire between exchanges: frames, greetings, and the values in bodies."""

from __future__ import annotations

from exchange.errors import ProtocolError, UnsuitableValue
from exchange.wire.dialogue import Dialogue
from exchange.wire.frames import Frame
from exchange.wire.limits import SMALLEST_FRAME
from exchange.wire.reader import FrameReader
from exchange.wire.terms import Terms
from exchange.wire.values import decode_request, decode_value, encode_value

PEER, HUB = Terms(b"p" * 32), Terms(b"h" * 32, is_hub=True)


def frames(data: bytes) -> None:
    """The frames are the same wherever the bytes are cut, and so is the kind of the first fault."""
    whole = FrameReader(SMALLEST_FRAME)
    came = whole.feed(data[1:])
    for step in (1, 1 + (data[0] if data else 0)):
        pieces, in_pieces = FrameReader(SMALLEST_FRAME), list[Frame]()
        for at in range(1, len(data), step):
            in_pieces += pieces.feed(data[at : at + step])
        assert in_pieces == came
        assert (pieces.fault and pieces.fault.code) == (whole.fault and whole.fault.code)


def greeting(data: bytes) -> None:
    """Whatever the far end says first, a dialogue goes on, or ends as the protocol says."""
    for dialogue in (Dialogue(HUB, False, 0.0), Dialogue(PEER, True, 0.0, attachment=1)):
        try:
            dialogue.receive(data)
        except ProtocolError as error:
            dialogue.bye(error.code, error.text)
        dialogue.to_write()


def values(data: bytes) -> None:
    """A body holds a value or none; one that it holds can be sent on, unless it is too deep."""
    try:
        decode_request(data)
    except UnsuitableValue as error:
        assert error.number == UnsuitableValue.CANNOT_DECODE_REQUEST
    try:
        value = decode_value(data, UnsuitableValue.CANNOT_DECODE_REPLY)
        encode_value(value, UnsuitableValue.CANNOT_ENCODE_REPLY)
    except UnsuitableValue as error:
        assert error.number in (UnsuitableValue.CANNOT_DECODE_REPLY, UnsuitableValue.CANNOT_ENCODE_REPLY)
