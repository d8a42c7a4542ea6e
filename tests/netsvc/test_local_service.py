from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import succeed

from exchange import netsvc
from exchange.netsvc.process import Process
from tests.logbook import Logbook
from tests.netsvc.stories import Math


def test_a_local_call_returns_what_the_method_returns(here: Process) -> None:
    Math("math", "", netsvc.SERVICE_HIDDEN)
    assert netsvc.LocalService("math").multiply(6, 7) == 42


def test_it_takes_the_oldest_of_a_name(here: Process) -> None:
    first, _ = Math(), Math()
    assert netsvc.LocalService("math").who() == first.agentIdentity()


def test_it_is_nothing_as_long_as_there_is_no_such_service(here: Process) -> None:
    local = netsvc.LocalService("math")
    assert not local
    assert (local == None, local != None) == (True, False)  # noqa: E711 - as old programs ask
    with pytest.raises(netsvc.ServiceUnavailable) as unavailable:
        local.multiply(6, 7)
    assert (unavailable.value.error, unavailable.value.details) == (46, "math")
    math = Math()
    assert local
    assert (local == None, local == local, local == netsvc.LocalService("math")) == (False, True, False)  # noqa: E711
    assert len({local, local}) == 1
    math.destroyAgent()
    assert not local


@pytest.mark.parametrize(
    ("method", "params", "failure"),
    [
        ("own", (), (1, "Bad", "app", "why")),
        ("divide", (), (55, "Method Unavailable", "netsvc", "")),
        ("a.b", (), (55, "Method Unavailable", "netsvc", "")),
        ("bad", (), (57, "Application Error", "netsvc", "ValueError: no such thing")),
    ],
)
def test_a_failure_is_raised(
    here: Process, logbook: Logbook, method: str, params: tuple[Any, ...], failure: tuple[Any, ...]
) -> None:
    Math()
    target: Any = netsvc.LocalService("math")
    for name in method.split("."):
        target = getattr(target, name)
    with pytest.raises(netsvc.ServiceFailure) as raised:
        target(*params)
    error = raised.value
    assert (error.error, error.description, error.origin, error.details) == failure
    assert len(logbook.failures()) == (method == "bad")


def test_the_number_of_arguments_is_checked(here: Process) -> None:
    math = Math()
    with pytest.raises(netsvc.ServiceFailure) as raised:
        netsvc.LocalService("math").multiply(1)
    assert raised.value.error == netsvc.SERVER_PARAMETERS_INCORRECT
    assert math.begun == []


def test_a_method_that_answers_later_cannot_be_called(here: Process, logbook: Logbook) -> None:
    service = netsvc.Service("later")
    service.exportMethod(lambda: succeed(42), "deferred")
    service.exportMethod(service.delayResponse, "delayed")
    service.exportMethod(service.suspendResponse, "suspended")
    for method in ("deferred", "delayed"):
        with pytest.raises(RuntimeError, match="answers later"):
            getattr(netsvc.LocalService("later"), method)()
    with pytest.raises(netsvc.ServiceFailure) as suspended:
        netsvc.LocalService("later").suspended()
    assert "only a method" in suspended.value.details
    assert len(logbook.failures()) == 1


def test_a_service_may_answer_for_methods_it_has_not_exported(here: Process) -> None:
    class Open(netsvc.Service):
        def invalidMethod(self, methodName: str, params: tuple[Any, ...]) -> Any:
            return [methodName, *params]

    Open("open")
    assert netsvc.LocalService("open").any.thing(1) == ["any.thing", 1]


def test_names_of_python_itself_are_not_turned_into_calls(here: Process) -> None:
    with pytest.raises(AttributeError, match="not turned into calls"):
        _ = netsvc.LocalService("math").__len__
