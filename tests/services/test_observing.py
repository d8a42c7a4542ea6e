"""Whoever looks on while calls are answered: what observers are told, and that they change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from exchange import CallError, Exchange, Service, method
from exchange.services.current import Begun, CurrentCall
from exchange.services.observing import View
from exchange.testing import Network
from tests.logbook import Logbook


class Work(Service):
    """Has methods that end in all ways."""

    name = "work"

    def __init__(self) -> None:
        self.owed: Deferred[Any] = Deferred()
        self.turns: list[Deferred[Any]] = []

    @method
    def double(self, number: int) -> int:
        """Answer at once."""
        return 2 * number

    @method
    async def later(self) -> Any:
        """Answer when it is time."""
        return await self.owed

    @method
    def break_down(self) -> None:
        """Raise."""
        raise ValueError("no")

    @method(limit=1)
    def one_by_one(self) -> Deferred[Any]:
        """Answer when it is time, one call after another."""
        self.turns.append(Deferred())
        return self.turns[-1]

    @method
    def unsendable(self) -> object:
        """Return what cannot be sent."""
        return object()


class Notes(View):
    """Writes down what it is told of a call."""

    def __init__(self, lines: list[str], name: str, begun: Begun) -> None:
        call = CurrentCall(begun)
        self.lines = lines
        lines.append(f"begun {name}.{call.method}{tuple(call.args)}")

    def running(self) -> AbstractContextManager[None]:
        """Say when the method begins."""
        return self._noted("running", "not running")

    def outside(self) -> AbstractContextManager[None]:
        """Say when the answer is sent."""
        return self._noted("answering", "answered")

    @contextmanager
    def _noted(self, first: str, last: str) -> Iterator[None]:
        self.lines.append(first)
        yield
        self.lines.append(last)

    def raised(self, failure: Failure) -> None:
        """Say what was raised."""
        self.lines.append(f"raised {failure.type.__name__}" if failure.type else "raised")

    def ended(self, error: CallError | None) -> None:
        """Say how it ended."""
        self.lines.append(f"ended {type(error).__name__} {error.delivered}" if error else "ended")

    def cancelled(self) -> None:
        """Say that nobody waits."""
        self.lines.append("cancelled")


def observed() -> tuple[Network, Exchange, Work, list[str]]:
    """Return a caller, and the service of another process whose calls are written down."""
    network = Network()
    network.hub()
    callee, work = network.peer(), Work()
    callee.add(work)
    lines: list[str] = []
    callee.observe(lambda name, begun: Notes(lines, name, begun))
    return network, network.peer(), work, lines


def test_a_call_that_is_answered_at_once_is_shown() -> None:
    network, caller, _, lines = observed()
    assert network.result(caller.call("work", "double", 21)) == 42
    assert lines == ["begun work.double(21,)", "running", "ended", "answering", "answered", "not running"]
    network.close()


def test_a_call_that_is_answered_later_is_shown() -> None:
    network, caller, work, lines = observed()
    answer = caller.call("work", "later")
    network.settle()
    assert lines == ["begun work.later()", "running", "not running"]
    work.owed.callback("done")
    assert network.result(answer) == "done"
    assert lines[3:] == ["ended", "answering", "answered"]
    network.close()


def test_what_a_method_raises_is_shown_and_what_its_caller_is_told(logbook: Logbook) -> None:
    network, caller, _, lines = observed()
    with pytest.raises(CallError):
        network.result(caller.call("work", "break_down"))
    assert lines[2:5] == ["raised ValueError", "ended RemoteError True", "answering"]
    assert logbook.failures() == ["ValueError: no"]
    network.close()


def test_what_a_coroutine_raises_is_shown(logbook: Logbook) -> None:
    network, caller, work, lines = observed()
    answer = caller.call("work", "later")
    network.settle()
    work.owed.errback(ValueError("no"))
    with pytest.raises(CallError):
        network.result(answer)
    assert lines[3:5] == ["raised ValueError", "ended RemoteError True"]
    assert logbook.failures() == ["ValueError: no"]
    network.close()


def test_what_cannot_be_sent_is_shown(logbook: Logbook) -> None:
    network, caller, _, lines = observed()
    with pytest.raises(CallError):
        network.result(caller.call("work", "unsendable"))
    assert "ended UnsuitableValue True" in lines
    assert logbook.lines("cannot be sent")
    network.close()


@pytest.mark.parametrize(
    ("name", "args", "told"),
    [("double", (), "BadArguments False"), ("triple", (1,), "MethodUnavailable False")],
)
def test_a_call_that_is_refused_is_shown(name: str, args: tuple[Any, ...], told: str) -> None:
    network, caller, _, lines = observed()
    with pytest.raises(CallError):
        network.result(caller.call("work", name, *args))
    assert lines == [f"begun work.{name}{args}", f"ended {told}", "answering", "answered"]
    network.close()


def test_a_call_that_is_cancelled_is_shown_as_such() -> None:
    network, caller, _, lines = observed()
    answer = caller.call("work", "later")
    network.settle()
    answer.addErrback(lambda failure: None).cancel()
    network.settle()
    assert lines[3:] == ["cancelled"]
    network.close()


def test_a_call_that_waits_for_its_turn_is_running_only_then() -> None:
    network, caller, work, lines = observed()
    answers = [caller.call("work", "one_by_one") for _ in range(2)]
    network.settle()
    assert lines == ["begun work.one_by_one()", "running", "not running", "begun work.one_by_one()"]
    work.turns[0].callback(1)
    network.settle()
    work.turns[1].callback(2)
    assert [network.result(answer) for answer in answers] == [1, 2]
    assert lines.count("running") == lines.count("not running") == lines.count("ended") == 2
    network.close()


def test_a_call_that_waits_and_is_cancelled_never_runs() -> None:
    network, caller, work, lines = observed()
    answers = [caller.call("work", "one_by_one") for _ in range(2)]
    network.settle()
    answers[1].addErrback(lambda failure: None).cancel()
    network.settle()
    work.turns[0].callback(1)
    network.result(answers[0])
    assert (lines.count("begun work.one_by_one()"), lines.count("running"), lines.count("cancelled")) == (2, 1, 1)
    network.close()


def test_whoever_takes_no_notice_of_a_call_is_told_nothing_more() -> None:
    network, caller, work, lines = observed()
    asked: list[str] = []
    network.result(caller.ping("work"))
    callee = work.exchange
    callee.observe(lambda name, begun: asked.append(name))
    before = len(lines)
    network.result(caller.call("work", "double", 1))
    assert asked == ["work"]
    assert len(lines) > before  # the other one is told all the same
    network.close()


class Clumsy(View):
    """Raises whatever it is told."""

    def running(self) -> AbstractContextManager[None]:
        """Raise."""
        raise ZeroDivisionError

    outside = running

    def raised(self, failure: Failure) -> None:
        """Raise."""
        raise ZeroDivisionError

    def ended(self, error: CallError | None) -> None:
        """Raise."""
        raise ZeroDivisionError

    def cancelled(self) -> None:
        """Raise."""
        raise ZeroDivisionError


def test_an_observer_that_raises_changes_nothing_for_the_call(logbook: Logbook) -> None:
    network, caller, work, lines = observed()
    work.exchange.observe(lambda name, begun: Clumsy())
    work.exchange.observe(lambda name, begun: View())
    assert network.result(caller.call("work", "double", 21)) == 42
    with pytest.raises(CallError):
        network.result(caller.call("work", "break_down"))
    answer = caller.call("work", "later")
    network.settle()
    answer.addErrback(lambda failure: None).cancel()
    network.settle()
    assert "ended" in lines
    failures = logbook.failures()
    assert failures.count("ZeroDivisionError: ") == len(failures) - 1
    network.close()
