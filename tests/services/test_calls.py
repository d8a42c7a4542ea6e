"""Calls: what a caller sees, whatever happens, and whether it says that the call was delivered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from twisted.internet.defer import CancelledError, Deferred, fail
from twisted.internet.error import ConnectionRefusedError, DNSLookupError
from twisted.internet.interfaces import IProtocol, IProtocolFactory, IStreamClientEndpoint
from twisted.internet.task import Clock
from zope.interface import implementer

from exchange import (
    BadArguments,
    CallError,
    CallTimeout,
    Exchange,
    Limits,
    LinkLost,
    MethodUnavailable,
    RemoteError,
    ServiceUnavailable,
    ServiceWithdrawn,
    UnsuitableValue,
    WayGone,
    register_type,
)
from exchange.services.calls import SWEEP, Calls
from exchange.services.waiting import Terms
from exchange.testing import Network
from exchange.wire.frames import Frame, encode
from exchange.wire.identities import LARGEST_NUMBER, identity_of, make_id, number_of
from exchange.wire.layouts import Kind
from tests.logbook import Logbook
from tests.outcomes import Outcome
from tests.services.offered import Math, Passing, Sleepy


@implementer(IStreamClientEndpoint)
class Nowhere:
    """An endpoint at which nothing is ever reached, for one reason."""

    def __init__(self, reason: Exception) -> None:
        self._reason = reason

    def __str__(self) -> str:
        return "nowhere"

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        return fail(self._reason)


Site = Callable[[], tuple[Exchange, Exchange]]


@pytest.fixture(params=["through a hub", "in one process", "with the caller in the hub", "with the callee in the hub"])
def site(request: pytest.FixtureRequest, network: Network) -> tuple[Exchange, Exchange]:
    """Caller and callee, in all the ways in which they may meet."""
    hub = network.hub()
    match request.param:
        case "through a hub":
            return network.peer(), network.peer()
        case "in one process":
            peer = network.peer()
            return peer, peer
        case "with the caller in the hub":
            return hub, network.peer()
        case _:
            return network.peer(), hub


def offered(network: Network, callee: Exchange) -> Sleepy:
    """Offer all services at ``callee``; return the sleepy one."""
    sleepy = Sleepy()
    for service in (Math(), Passing(), sleepy):
        callee.add(service)
    network.settle()
    return sleepy


# What a method may be


def test_a_plain_method_answers_at_once(network: Network, site: Any) -> None:
    caller, callee = site
    offered(network, callee)
    assert network.result(caller.call("math", "multiply", 6, 7)) == 42


def test_a_method_may_return_a_deferred(network: Network, site: Any) -> None:
    caller, callee = site
    sleepy = offered(network, callee)
    answer = Outcome(caller.call("sleepy", "sleep"))
    network.settle()
    assert answer.is_open
    sleepy.asleep[0].callback("the sun")
    network.settle()
    assert answer.value == "the sun"


def test_a_method_may_be_a_coroutine_function(network: Network, site: Any) -> None:
    caller, callee = site
    sleepy = offered(network, callee)
    answer = caller.call("sleepy", "dream", of="sheep")
    network.settle()
    sleepy.asleep[0].callback("the sun")
    assert network.result(answer) == "dreamt of sheep, woken by the sun"


def test_a_method_exported_under_another_name_is_called_by_that_one(network: Network, site: Any) -> None:
    caller, callee = site
    offered(network, callee)
    assert network.result(caller.call("math", "add up", 1, 2, 3, negate=True)) == -6
    with pytest.raises(MethodUnavailable):
        network.result(caller.call("math", "total", 1))


def test_a_service_may_call_another(network: Network, site: Any) -> None:
    caller, callee = site
    offered(network, callee)
    assert network.result(caller.call("passing", "on", "math", "multiply", 6, 7)) == 42


# Values


class Point:
    def __init__(self, x: int, y: int) -> None:
        self.x, self.y = x, y

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Point) and (self.x, self.y) == (other.x, other.y)

    __hash__ = None  # type: ignore[assignment]


register_type(Point, "tests.Point", lambda point: [point.x, point.y], lambda parts: Point(*parts))

VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    2**63 - 1,
    -(2**63),
    2**64,
    -(10**40),
    1.5,
    float("inf"),
    "",
    "grüße, 世界",
    b"\x00\xff",
    [],
    [1, [2, [3]]],
    (),
    (1, ("a", [b"b"])),
    {},
    {"a": 1, 2: "b", b"c": 3, (4, "d"): None, 1.5: True},
    datetime(2024, 2, 29, 12, 30, 15, 123456, tzinfo=UTC),
    datetime(2024, 2, 29, 12, 30, 15, 123456),
    date(1, 1, 1),
    time(23, 59, 59, 999999),
    timedelta(days=-5, microseconds=1),
    Decimal("3.1400"),
    UUID(int=7),
    {1, 2, 3},
    frozenset({"a"}),
    1 + 2j,
    Point(3, 4),
    [{"deep": [{"point": Point(1, 2), "when": [date(2000, 1, 1)]}]}],
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: f"{type(value).__name__} {value!r}"[:40])
def test_a_value_comes_back_as_it_was_sent(value: Any, network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    offered(network, callee)
    returned = network.result(caller.call("math", "echo", value))
    assert returned == value
    assert type(returned) is type(value)


def test_what_cannot_be_sent_is_refused_at_the_sender_with_the_path_to_it(network: Network, site: Any) -> None:
    caller, callee = site
    offered(network, callee)
    with pytest.raises(
        UnsuitableValue, match=r"^args\[1\]\['when'\]\[0\]: a value of type 'builtins.object'"
    ) as caught:
        network.result(caller.call("math", "multiply", 1, {"when": [object()]}))
    assert (caught.value.number, caught.value.delivered) == (42, False)
    with pytest.raises(UnsuitableValue, match=r"^kwargs\['y'\]: a value of type"):
        network.result(caller.call("math", "multiply", 1, y=object()))


def test_arguments_that_the_callee_cannot_decode_are_not_delivered(network: Network) -> None:
    class Stranger:
        pass

    register_type(Stranger, "tests.Stranger", lambda value: None, lambda parts: 1 / 0)
    network.hub()
    caller, callee = network.peer(), network.peer()
    offered(network, callee)
    with pytest.raises(UnsuitableValue, match="division by zero") as caught:
        network.result(caller.call("math", "echo", Stranger()))
    assert (caught.value.number, caught.value.delivered) == (54, False)


def test_a_result_that_cannot_be_sent_was_delivered(network: Network, site: Any) -> None:
    caller, callee = site
    offered(network, callee)
    with pytest.raises(UnsuitableValue, match=r"^result\['clocks'\]\[0\]: a value of type") as caught:
        network.result(caller.call("math", "unsuitable"))
    assert (caught.value.number, caught.value.delivered) == (52, True)


def test_a_result_that_the_caller_cannot_decode_was_delivered(network: Network) -> None:
    class OneWay:
        pass

    decoded: list[Any] = []

    def decode(parts: Any) -> Any:
        if decoded:
            raise ValueError("only once")
        decoded.append(parts)
        return OneWay()

    register_type(OneWay, "tests.OneWay", lambda value: None, decode)
    network.hub()
    caller, callee = network.peer(), network.peer()
    offered(network, callee)
    with pytest.raises(UnsuitableValue, match="only once") as caught:
        network.result(caller.call("math", "echo", OneWay()))
    assert (caught.value.number, caught.value.delivered) == (44, True)


def test_a_request_too_large_for_the_link_is_refused_and_the_link_stays(network: Network) -> None:
    hub = network.hub(limits=Limits(max_frame=131_072))
    caller, callee = network.peer(), network.peer()
    offered(network, callee)
    answer = caller.call("math", "echo", bytes(200_000))
    text = r"the arguments take 2000\d\d bytes, and the next link takes frames of 131072 at most"
    with pytest.raises(UnsuitableValue, match=text) as caught:
        network.result(answer)
    assert (caught.value.number, caught.value.delivered) == (42, False)
    assert hub.outstanding().links == 2
    assert network.result(caller.call("math", "multiply", 6, 7)) == 42


def test_a_request_too_large_for_the_callees_link_is_refused_by_the_hub(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer(limits=Limits(max_frame=131_072))
    offered(network, callee)
    with pytest.raises(UnsuitableValue, match="the next link takes frames of 131072 at most") as caught:
        network.result(caller.call("math", "echo", bytes(200_000)))
    assert caught.value.delivered is False
    assert network.result(caller.call("math", "multiply", 6, 7)) == 42


@pytest.mark.parametrize("small", ["caller", "hub"])
def test_a_reply_too_large_for_a_link_on_its_way_was_delivered(network: Network, small: str) -> None:
    limits = Limits(max_frame=131_072)
    network.hub(limits=limits if small == "hub" else None)
    caller, callee = network.peer(limits=limits if small == "caller" else None), network.peer()
    math = Math()
    math.export(bytes, "zeros")
    callee.add(math)
    network.settle()
    with pytest.raises(UnsuitableValue, match=r"the answer takes 2000\d\d bytes, and a link on its way") as caught:
        network.result(caller.call("math", "zeros", 200_000))
    assert (caught.value.number, caught.value.delivered) == (52, True)
    assert network.result(caller.call("math", "multiply", 6, 7)) == 42


@pytest.mark.parametrize("seconds", [-1, float("nan")])
def test_times_that_cannot_be_are_refused_where_they_are_written(network: Network, seconds: float) -> None:
    peer = network.peer()
    with pytest.raises(ValueError, match="timeout must be a number of seconds, at least 0, or None, not"):
        peer.call("math", "multiply", timeout=seconds)
    with pytest.raises(ValueError, match="wait must be a number of seconds, at least 0, not"):
        peer.call("math", "multiply", wait=seconds)
    with pytest.raises(ValueError, match="timeout must be"):
        peer.service("math", timeout=seconds)


def test_a_timeout_of_nothing_is_over_at_once(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    offered(network, callee)
    with pytest.raises(CallTimeout, match="did not answer within 0 seconds"):
        network.result(caller.call("sleepy", "sleep", timeout=0))


def test_a_method_must_be_named_by_a_text(network: Network) -> None:
    with pytest.raises(BadArguments, match="no call can be made: a method is named by a text, not by 3"):
        network.result(network.peer().call("math", 3))  # type: ignore[arg-type]


# Failures: section 7.1 of the architecture, row by row


def test_with_no_link_there_is_no_service(network: Network) -> None:
    with pytest.raises(ServiceUnavailable) as caught:
        network.result(network.peer().call("math", "multiply", 6, 7))
    text = "no service named 'math' is in this process, and no hub is linked: none is dialled"
    assert str(caught.value) == text
    assert (caught.value.number, caught.value.delivered) == (46, False)


def test_without_a_link_the_failure_says_what_is_dialled_and_why_in_vain(network: Network) -> None:
    caller = Exchange(network.clock)
    caller.connect(Nowhere(ConnectionRefusedError()), Nowhere(DNSLookupError()))

    with pytest.raises(ServiceUnavailable, match=r"does not run; it is started by startService\(\)"):
        network.result(caller.call("math", "multiply", 6, 7))
    caller.startService()
    with pytest.raises(ServiceUnavailable, match="no hub is linked: nowhere or nowhere: there is no such host$"):
        network.result(caller.call("math", "multiply", 6, 7))
    answer = caller.call("math", "multiply", 6, 7, wait=5)
    network.clock.advance(5)
    with pytest.raises(ServiceUnavailable, match="there is no such host$"):
        network.result(answer)
    network.result(caller.stopService())


def test_after_a_loss_the_failure_says_why_there_is_no_link(network: Network) -> None:
    network.hub()
    caller = network.peer()
    network.cut(caller)
    answer = caller.call("math", "multiply", 6, 7)
    network.clock.advance(6)
    with pytest.raises(ServiceUnavailable, match="no hub is linked: .*: nobody listens there$"):
        network.result(answer)


def test_a_service_that_nobody_offers_is_unavailable_and_the_hub_says_so(network: Network) -> None:
    hub = network.hub("rome")
    text = r"no service named 'math' is known at hub rome \(\S{8}\); is it running\?"
    with pytest.raises(ServiceUnavailable, match=text) as caught:
        network.result(network.peer().call("math", "multiply", 6, 7))
    assert (caught.value.number, caught.value.delivered) == (46, False)
    assert hub.outstanding() == (0, 0, 0, 1)


def test_a_service_that_was_just_lost_may_come_back(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    offered(network, callee)
    network.cut(callee)
    answer = caller.call("math", "multiply", 6, 7)
    network.clock.advance(6)
    with pytest.raises(WayGone) as caught:
        network.result(answer)
    assert (caught.value.number, caught.value.delivered) == (46, False)


def test_a_method_that_is_not_exported_is_unavailable(network: Network, site: Any) -> None:
    caller, callee = site
    offered(network, callee)
    with pytest.raises(MethodUnavailable, match="service 'math' exports no method 'root'") as caught:
        network.result(caller.call("math", "root", 2))
    assert (caught.value.number, caught.value.delivered) == (55, False)


def test_wrong_arguments_are_refused_before_the_method_starts(network: Network, site: Any) -> None:
    caller, callee = site
    offered(network, callee)
    with pytest.raises(BadArguments, match=r"^multiply\(x: int, y: int\) takes 2 arguments, 1 came$") as caught:
        network.result(caller.call("math", "multiply", 6))
    assert (caught.value.number, caught.value.delivered) == (56, False)


def test_a_method_that_raises_was_delivered_and_its_log_has_the_traceback(
    network: Network, site: Any, logbook: Logbook
) -> None:
    caller, callee = site
    offered(network, callee)
    with pytest.raises(RemoteError, match=r"^ZeroDivisionError: division by zero$") as caught:
        network.result(caller.call("math", "divide", 1, 0))
    assert (caught.value.number, caught.value.delivered) == (57, True)
    assert logbook.failures() == ["ZeroDivisionError: division by zero"]


@pytest.mark.parametrize("claimed", [None, False, True])
def test_a_failure_raised_on_purpose_travels_whole_and_was_delivered(
    network: Network, site: Any, claimed: bool | None
) -> None:
    caller, callee = site
    offered(network, callee)
    with pytest.raises(CallError) as caught:
        network.result(caller.call("math", "refuse", 1234, claimed))
    error = caught.value
    assert (error.description, error.number, error.origin, error.details, error.delivered) == (
        "not on a Sunday",
        1234,
        "the vicar",
        "Ex 20:8",
        True,
    )


@pytest.mark.parametrize(
    ("to", "name", "args", "told"),
    [
        ("nobody", "home", (), "ServiceUnavailable: no service named 'nobody'"),
        ("math", "root", (2,), "MethodUnavailable: service 'math' exports"),
        ("math", "multiply", (2,), "BadArguments: multiply"),
        ("math", "divide", (1, 0), "ZeroDivisionError: division by zero"),
        ("math", "refuse", (1234,), "CallError: not on a Sunday"),
        ("math", "unsuitable", (), "UnsuitableValue: result['clocks'][0]"),
        ("two\nlines", "multiply", (1,), "BadArguments: no call can be made"),
    ],
)
def test_a_method_that_fails_on_a_call_of_its_own_never_looks_safe_to_repeat(
    network: Network, site: Any, logbook: Logbook, to: str, name: str, args: Any, told: str
) -> None:
    caller, callee = site
    offered(network, callee)
    with pytest.raises(RemoteError) as caught:
        network.result(caller.call("passing", "on", to, name, *args))
    assert str(caught.value).startswith(told)
    assert (caught.value.number, caught.value.delivered) == (57, True)
    assert logbook.failures() != []


def test_a_method_whose_own_call_timed_out_has_not_timed_out_itself(
    network: Network, site: Any, logbook: Logbook
) -> None:
    caller, callee = site
    offered(network, callee)
    answer = Outcome(caller.call("passing", "on", "sleepy", "sleep", timeout=None))
    inner = Outcome(caller.call("sleepy", "sleep", timeout=None))
    network.settle()
    network.clock.advance(31)
    assert isinstance(answer.error, RemoteError)
    assert str(answer.error).startswith("CallTimeout: 'sleep' of 'sleepy' did not answer within 30 seconds")
    assert answer.error.delivered is True
    assert inner.is_open
    assert logbook.failures() != []


def test_a_method_whose_own_arguments_cannot_be_sent_was_delivered(
    network: Network, site: Any, logbook: Logbook
) -> None:
    caller, callee = site

    class Careless(Passing):
        name = "careless"

        async def bad(self) -> Any:
            return await self.exchange.call("math", "echo", object())

    careless = Careless()
    careless.export(careless.bad)
    callee.add(careless)
    network.settle()
    with pytest.raises(RemoteError, match=r"^UnsuitableValue: args\[0\]") as caught:
        network.result(caller.call("careless", "bad"))
    assert caught.value.delivered is True
    assert logbook.failures() != []


def test_a_service_that_is_lost_ends_its_calls_at_once(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    offered(network, callee)
    answer = Outcome(caller.call("sleepy", "sleep"))
    network.settle()
    network.cut(callee)
    assert isinstance(answer.error, ServiceWithdrawn)
    assert "'sleepy' was lost while it owed the answer" in str(answer.error)
    assert (answer.error.number, answer.error.delivered) == (57, None)


def test_a_service_that_is_withdrawn_ends_its_calls_at_once(network: Network, site: Any) -> None:
    caller, callee = site
    sleepy = offered(network, callee)
    answer = Outcome(caller.call("sleepy", "sleep"))
    network.settle()
    callee.remove(sleepy)
    network.settle()
    assert isinstance(answer.error, ServiceWithdrawn)
    assert str(answer.error) == "'sleepy' was withdrawn while it owed the answer"
    assert answer.error.delivered is True
    assert sleepy.cancelled == 1


def test_a_caller_whose_own_link_is_lost_is_told_at_once_and_the_method_cancelled(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    sleepy = offered(network, callee)
    answer = Outcome(caller.call("sleepy", "sleep"))
    network.settle()
    network.cut(caller)
    assert isinstance(answer.error, LinkLost)
    assert (answer.error.number, answer.error.delivered) == (48, None)
    assert sleepy.cancelled == 1


# Time


def test_a_call_ends_after_thirty_seconds_and_the_method_is_cancelled(network: Network, site: Any) -> None:
    caller, callee = site
    sleepy = offered(network, callee)
    answer = Outcome(caller.call("sleepy", "sleep"))
    network.clock.advance(29.75)
    assert answer.is_open
    network.clock.advance(0.25)
    assert isinstance(answer.error, CallTimeout)
    assert str(answer.error) == "'sleep' of 'sleepy' did not answer within 30 seconds"
    assert (answer.error.number, answer.error.delivered) == (47, None)
    assert sleepy.cancelled == 1
    assert callee.outstanding().running == 0


def test_a_time_out_can_be_chosen_and_is_exact(network: Network, site: Any) -> None:
    caller, callee = site
    offered(network, callee)
    answers = [Outcome(caller.call("sleepy", "sleep", timeout=timeout)) for timeout in (0.6, 0.1, 0.3)]
    network.clock.advance(0.2)
    assert [answer.is_open for answer in answers] == [True, False, True]
    network.clock.advance(0.1)
    assert [answer.is_open for answer in answers] == [True, False, False]
    network.clock.advance(0.4)
    assert [answer.is_open for answer in answers] == [False, False, False]


def test_a_call_without_a_time_out_waits_as_long_as_the_service_lives(network: Network, site: Any) -> None:
    caller, callee = site
    sleepy = offered(network, callee)
    answer = Outcome(caller.call("sleepy", "sleep", timeout=None))
    network.clock.advance(1_000)
    sleepy.asleep[0].callback("spring")
    network.settle()
    assert answer.value == "spring"


def test_an_answer_that_comes_too_late_is_dropped(network: Network, site: Any) -> None:
    caller, callee = site

    class Stubborn(Sleepy):
        """Cannot be stopped."""

        def _cancel(self, sleeping: Any) -> None:
            self.cancelled += 1
            sleeping.callback("too late")

    stubborn = Stubborn()
    callee.add(stubborn)
    network.settle()
    answer = Outcome(caller.call("sleepy", "sleep", timeout=1))
    network.clock.advance(2)
    assert isinstance(answer.error, CallTimeout)
    assert answer.count == 1


def test_an_id_is_named_readably_by_a_time_out(network: Network) -> None:
    peer, sleepy = network.peer(), Sleepy()
    peer.add(sleepy)
    answer = Outcome(peer.call(peer.id_of(sleepy), "sleep", timeout=1))
    network.clock.advance(1)
    assert ".16' did not answer" in str(answer.error)


def test_without_calls_nobody_looks_at_the_clock(network: Network) -> None:
    peer, sleepy = network.peer(), Sleepy()
    peer.add(sleepy)
    answer = Outcome(peer.call("sleepy", "sleep", timeout=10))
    assert len(network.clock.getDelayedCalls()) == 1
    sleepy.asleep[0].callback(None)
    assert not answer.is_open
    network.clock.advance(SWEEP)
    assert network.clock.getDelayedCalls() == []


# Cancelling


def test_cancelling_reaches_the_deferred_of_the_method(network: Network, site: Any) -> None:
    caller, callee = site
    sleepy = offered(network, callee)
    answer = Outcome(caller.call("sleepy", "sleep"))
    network.settle()
    answer.cancel()
    network.settle()
    assert isinstance(answer.error, CancelledError)
    assert sleepy.cancelled == 1
    assert callee.outstanding().running == caller.outstanding().owed == 0


def test_cancelling_reaches_what_a_coroutine_waits_for(network: Network, site: Any) -> None:
    caller, callee = site
    sleepy = offered(network, callee)
    answer = Outcome(caller.call("sleepy", "dream"))
    network.settle()
    answer.cancel()
    network.settle()
    assert sleepy.cancelled == 1


def test_cancelling_reaches_the_call_that_a_method_made_in_its_turn(network: Network, site: Any) -> None:
    caller, callee = site
    sleepy = offered(network, callee)
    answer = Outcome(caller.call("passing", "on", "sleepy", "sleep"))
    network.settle()
    answer.cancel()
    network.settle()
    assert sleepy.cancelled == 1
    assert callee.outstanding().running == 0


def test_cancelling_before_anything_was_sent_overtakes_nothing(network: Network, site: Any) -> None:
    caller, callee = site
    sleepy = offered(network, callee)
    answer = Outcome(caller.call("sleepy", "sleep"))
    answer.cancel()
    network.settle()
    assert isinstance(answer.error, CancelledError)
    assert sleepy.cancelled == len(sleepy.asleep)
    assert callee.outstanding().running == 0


def test_cancelling_what_was_answered_changes_nothing(network: Network, site: Any) -> None:
    caller, callee = site
    offered(network, callee)
    answer = caller.call("math", "multiply", 6, 7)
    network.settle()
    answer.cancel()
    assert network.result(answer) == 42


def test_cancelling_while_the_answer_is_on_its_way_drops_the_answer(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    sleepy = offered(network, callee)
    answer = Outcome(caller.call("sleepy", "sleep"))
    network.settle()
    sleepy.asleep[0].callback("the sun")
    answer.cancel()
    network.settle()
    assert isinstance(answer.error, CancelledError)
    assert answer.count == 1


def test_what_a_method_raises_when_it_is_cancelled_is_logged_for_nobody_waits(
    network: Network, site: Any, logbook: Logbook
) -> None:
    caller, callee = site
    offered(network, callee)
    answer = Outcome(caller.call("sleepy", "talk"))
    network.settle()
    answer.cancel()
    network.settle()
    assert logbook.failures() == ["ValueError: talks in its sleep"]


# What cannot be asked


@pytest.mark.parametrize(
    ("to", "method"),
    [
        ("two\nlines", "m"),
        (5, "m"),
        (b"short", "m"),
        ("math", "x" * 256),
        ("math", 5),
        ("math", b"bytes"),
        (None, "m"),
        (["math"], "m"),
    ],
)
def test_a_call_that_no_frame_can_carry_fails_as_others_do(network: Network, to: Any, method: Any) -> None:
    with pytest.raises(BadArguments, match=r"^no call can be made: ") as caught:
        network.result(network.peer().call(to, method))
    assert caught.value.delivered is False


def test_the_built_in_service_is_there_wherever_a_hub_is_and_has_its_own_methods_alone(network: Network) -> None:
    network.hub()
    with pytest.raises(MethodUnavailable, match="exports no method 'multiply'"):
        network.result(network.peer().call("$exchange", "multiply"))


def test_more_calls_than_one_link_may_have_outstanding_are_refused(network: Network) -> None:
    hub = network.hub(limits=Limits(max_calls=3))
    caller, callee = network.peer(), network.peer()
    offered(network, callee)
    answers = [Outcome(caller.call("sleepy", "sleep")) for _ in range(5)]
    network.settle()
    assert [answer.is_open for answer in answers] == [True, True, True, False, False]
    assert "3 calls of one link are outstanding already" in str(answers[3].error)
    assert answers[3].error.delivered is False
    assert hub.outstanding().owed == 3


# Alone: numbers


class Alone:
    """Calls whose frames go nowhere."""

    def __init__(self) -> None:
        self.sent: list[Frame] = []
        self.clock = Clock()
        self.calls = Calls(identity_of(bytes(32)), self.sent.append, self.clock)

    def make(self) -> Outcome:
        return Outcome(self.calls.make("math", "m", (), {}, Terms()))


def test_numbers_begin_again_after_the_largest_and_pass_over_calls_that_wait() -> None:
    alone = Alone()
    first, second = alone.make(), alone.make()
    alone.calls._number = LARGEST_NUMBER - 1
    third, fourth, fifth = alone.make(), alone.make(), alone.make()
    assert [number_of(frame[1]) for frame in alone.sent] == [1, 2, LARGEST_NUMBER, 0, 3]  # type: ignore[arg-type]
    assert len(alone.calls) == 5
    for outcome in (first, second, third, fourth, fifth):
        outcome.cancel()
    assert len(alone.calls) == 0


def test_an_answer_that_nobody_waits_for_is_dropped() -> None:
    alone = Alone()
    outcome = alone.make()
    alone.calls.answer(encode(Kind.REPLY, make_id(identity_of(bytes(32)), 99), (), b"\x01"))
    assert outcome.is_open
    alone.calls.answer(encode(Kind.REPLY, alone.sent[0][1], (), b"\x01"))
    alone.calls.answer(encode(Kind.REPLY, alone.sent[0][1], (), b"\x02"))
    assert (outcome.value, outcome.count) == (1, 1)


def test_a_call_made_while_others_time_out_has_its_own_time() -> None:
    alone = Alone()
    late: list[Outcome] = []
    first = alone.calls.make("math", "m", (), {}, Terms(1))
    first.addErrback(lambda failure: late.append(Outcome(alone.calls.make("math", "m", (), {}, Terms(1)))))
    other = Outcome(alone.calls.make("math", "m", (), {}, Terms(1)))
    alone.clock.pump([0.25] * 4)
    assert not other.is_open
    assert late[0].is_open
    alone.clock.pump([0.25] * 4)
    assert not late[0].is_open


def test_a_call_that_a_time_out_of_another_ends_is_not_ended_twice() -> None:
    alone = Alone()
    outcomes: list[Outcome] = []
    first = alone.calls.make("math", "m", (), {}, Terms(1))
    first.addErrback(lambda failure: outcomes[0].cancel())
    outcomes.append(Outcome(alone.calls.make("math", "m", (), {}, Terms(1))))
    alone.clock.pump([0.25] * 4)
    assert isinstance(outcomes[0].error, CancelledError)
    assert [Kind(frame[0]).name for frame in alone.sent] == ["REQUEST", "REQUEST", "CANCEL", "CANCEL"]


def test_after_stop_the_clock_is_looked_at_again_with_the_next_call() -> None:
    alone = Alone()
    Outcome(alone.calls.make("math", "m", (), {}, Terms(1)))
    alone.calls.stop()
    alone.calls.stop()
    assert alone.clock.getDelayedCalls() == []
    Outcome(alone.calls.make("math", "m", (), {}, Terms(1)))
    assert len(alone.clock.getDelayedCalls()) == 1


def test_a_call_whose_sending_fails_has_failed_and_what_was_begun_is_cancelled_in_the_next_round() -> None:
    alone = Alone()
    full = [RecursionError("the stack is full")]

    def send(frame: Frame) -> None:
        alone.sent.append(frame)
        if full:
            raise full.pop()

    alone.calls = Calls(identity_of(bytes(32)), send, alone.clock)
    outcome = alone.make()
    assert str(outcome.error) == "the call could not be made: RecursionError: the stack is full"
    assert outcome.error.delivered is None
    assert len(alone.calls) == 0
    alone.clock.advance(0)
    assert [(Kind(frame[0]).name, frame[1]) for frame in alone.sent[1:]] == [("CANCEL", alone.sent[0][1])]


def test_a_call_that_was_answered_before_its_sending_failed_keeps_its_answer() -> None:
    alone = Alone()

    def send(frame: Frame) -> None:
        alone.calls.answer(encode(Kind.REPLY, frame[1], (), b"\x01"))
        raise RecursionError("the stack is full")

    alone.calls = Calls(identity_of(bytes(32)), send, alone.clock)
    assert alone.make().value == 1
    assert alone.clock.getDelayedCalls() == []
