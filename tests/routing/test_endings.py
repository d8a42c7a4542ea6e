"""What a caller is told when its answer does not come, or cannot pass."""

from __future__ import annotations

import pytest

from exchange.errors import CallError, LinkLost, RemoteError, ServiceWithdrawn, UnsuitableValue, WayGone
from exchange.routing.endings import came_back, lost, too_large, withdrawn
from exchange.routing.registry import Registry
from exchange.wire.failures import error_of, failure_of
from exchange.wire.frames import Frame
from tests.routing.recorder import Recorder, announce, reply

PORT = Recorder("callee")
HUB = Recorder("rome", is_hub=True)
CALL = Recorder("caller").make(1)


def test_an_answer_that_will_not_come_says_whose_it_was_and_what_that_offered() -> None:
    registry = Registry()
    registry.announce(PORT, PORT.make(1), announce(PORT.make(1), "math", digest=b"d")[2])
    error = withdrawn(registry.get(PORT.make(1)), "is gone")
    assert (str(error), error.delivered, error.offered) == ("'math' is gone", None, b"d")

    unknown = withdrawn(None, "is gone", delivered=False)
    assert (str(unknown), unknown.delivered, unknown.offered) == ("the service is gone", False, b"")


@pytest.mark.parametrize(("left", "delivered"), [(True, False), (False, None)])
@pytest.mark.parametrize(("is_own_hub", "kind"), [(True, LinkLost), (False, ServiceWithdrawn)])
def test_what_a_lost_port_owed_ends_as_its_link_or_its_service_was_lost(
    left: bool, delivered: bool | None, is_own_hub: bool, kind: type[CallError]
) -> None:
    error = lost(None, "the cable", left, HUB if is_own_hub else None)
    assert (type(error), error.delivered) == (kind, delivered)
    of_hub = f"the link to {HUB.title} was lost while the answer was owed: the cable"
    assert str(error) == (of_hub if is_own_hub else "the service was lost while it owed the answer: the cable")


@pytest.mark.parametrize(
    ("answer", "delivered"),
    [(reply(CALL, b"x" * 100), True), (failure_of(CALL, CallError("x" * 100, delivered=False)), False)],
)
def test_an_answer_that_is_too_large_becomes_a_failure_that_knows_whether_it_was_delivered(
    answer: Frame, delivered: bool
) -> None:
    source = Recorder("caller")
    source.max_frame = 64
    error = error_of(too_large(CALL, answer, source))

    assert (type(error), error.number, error.delivered) == (
        UnsuitableValue,
        UnsuitableValue.CANNOT_ENCODE_REPLY,
        delivered,
    )
    assert "takes frames of 64 at most" in str(error)


@pytest.mark.parametrize(
    ("answer", "is_so"),
    [
        (reply(CALL), False),
        (failure_of(CALL, WayGone("no way", delivered=False)), True),
        (failure_of(CALL, WayGone("said the method", delivered=True)), False),
        (failure_of(CALL, RemoteError("no", delivered=True)), False),
    ],
)
def test_a_call_came_back_if_there_was_no_way_for_it(answer: Frame, is_so: bool) -> None:
    assert came_back(answer) is is_so
