from __future__ import annotations

from typing import Any

import pytest

from exchange import netsvc
from exchange.netsvc.process import Process
from tests.netsvc.site import Site
from tests.netsvc.stories import Math, Told

METHODS = ["multiply", "bad", "own", "slow", "leave", "who"]


def groups_of(service: netsvc.Service) -> tuple[str, ...]:
    """Return the groups in which a service is seen."""
    return service.serviceBinding().instance.groups


def test_a_service_tells_what_it_is(here: Process) -> None:
    math = Math("math", "plant")
    assert (math.serviceName(), math.serviceAudience(), math.serviceVisibility()) == (
        "math",
        "plant",
        netsvc.SERVICE_VISIBLE,
    )
    assert math.serviceAddress() == math.agentIdentity() == math.serviceBinding().serviceAddress()
    assert math.agentIdentity().startswith(math.processIdentity())


def test_it_joins_and_leaves_groups_at_any_time(here: Process) -> None:
    service = netsvc.Service("a")
    for group in ("one", "two", "one", ""):
        service.joinGroup(group)
    assert groups_of(service) == ("one", "two")
    service.leaveGroup("one")
    service.leaveGroup("never joined")
    assert groups_of(service) == ("two",)


def test_exported_methods_are_found_under_their_names(here: Process) -> None:
    math = Math()
    math.exportMethod(math.multiply, "plant.times")
    assert math.exportedMethods() == [*METHODS, "plant.times"]
    assert math.lookupMethod("plant.times") == math.multiply
    assert math.lookupMethod("divide") is None


def test_of_two_methods_under_one_name_the_last_counts(
    site: Site, here: Process, caller: netsvc.Service, told: Told
) -> None:
    math = Math()
    math.exportMethod(lambda x, y: "other", "multiply")
    caller.monitorResponse(told.one, caller.serviceEndPoint("math").multiply(6, 7))
    site.settle()
    assert told.lines == [("other",)]
    assert math.exportedMethods() == METHODS


@pytest.mark.parametrize(
    ("method", "params", "failure"),
    [
        ("divide", (), (55, "Method Unavailable", "netsvc", "")),
        ("joinGroup", ("x",), (55, "Method Unavailable", "netsvc", "")),
        (
            "multiply",
            (1, 2, 3),
            (56, "Parameters Incorrect", "netsvc", "multiply(x: Any, y: Any) takes 2 arguments, 3 came"),
        ),
        ("own", (), (1, "Bad", "app", "why")),
    ],
)
def test_a_call_that_is_refused_says_why(
    site: Site,
    here: Process,
    caller: netsvc.Service,
    told: Told,
    method: str,
    params: tuple[Any, ...],
    failure: tuple[int, str, str, str],
) -> None:
    math = Math()
    caller.processFailure(told.four, getattr(caller.serviceEndPoint("math"), method)(*params))
    site.settle()
    assert told.lines == [failure]
    assert math.begun == []


def test_a_service_may_answer_for_methods_it_has_not_exported(
    site: Site, here: Process, caller: netsvc.Service, told: Told
) -> None:
    class Open(netsvc.Service):
        def invalidMethod(self, methodName: str, params: tuple[Any, ...]) -> Any:
            if methodName == "secret":
                return netsvc.Service.invalidMethod(self, methodName, params)
            return [methodName, *params]

    Open("open")
    caller.monitorResponse(told.one, caller.serviceEndPoint("open").any.thing(1, 2))
    caller.processFailure(told.four, caller.serviceEndPoint("open").secret())
    site.settle()
    assert told.lines == [(["any.thing", 1, 2],), (55, "Method Unavailable", "netsvc", "")]


def test_a_service_may_stand_before_its_methods(site: Site, here: Process, caller: netsvc.Service, told: Told) -> None:
    class Gate(Math):
        def executeMethod(self, methodName: str, method: Any, params: tuple[Any, ...]) -> Any:
            if params[0] > 5:
                self.abortResponse(9, "Too Much")
            return Math.executeMethod(self, methodName, method, params) + 1

    Gate()
    caller.monitorResponse(told.one, caller.serviceEndPoint("math").multiply(2, 3))
    caller.processFailure(told.four, caller.serviceEndPoint("math").multiply(6, 7))
    site.settle()
    assert told.lines == [(7,), (9, "Too Much", "", "")]


def test_a_hidden_service_is_not_found_but_can_call(
    site: Site, here: Process, caller: netsvc.Service, told: Told
) -> None:
    Math()
    hidden = Math("secret", "*", netsvc.SERVICE_HIDDEN)
    assert caller.serviceEndPoint("secret") == None  # noqa: E711
    with pytest.raises(RuntimeError, match="announceAvailability"):
        hidden.joinGroup("web-services")
    hidden.monitorResponse(told.one, hidden.serviceEndPoint("math").multiply(6, 7))
    site.settle()
    assert told.lines == [(42,)]


def test_a_hidden_service_can_become_visible(here: Process, caller: netsvc.Service) -> None:
    hidden = netsvc.Service("secret", "*", netsvc.SERVICE_HIDDEN)
    hidden.announceAvailability()
    hidden.announceAvailability()
    hidden.joinGroup("web-services")
    assert hidden.serviceVisibility() == netsvc.SERVICE_VISIBLE
    assert caller.serviceEndPoint("secret")


def test_a_service_without_a_name_is_not_found(here: Process, caller: netsvc.Service) -> None:
    assert not caller.serviceEndPoint("")


def test_a_destroyed_service_is_gone_at_once_and_for_good(here: Process, caller: netsvc.Service) -> None:
    math = Math()
    math.destroyAgent()
    math.destroyAgent()
    assert not caller.serviceEndPoint("math")


def test_a_service_is_chosen_once(site: Site, here: Process, caller: netsvc.Service, told: Told) -> None:
    first, second = Math(), Math()
    end_point = caller.serviceEndPoint("math")
    caller.monitorResponse(told.one, end_point.who())
    site.settle()
    first.destroyAgent()
    caller.processFailure(told.nothing, end_point.who())
    caller.monitorResponse(told.one, caller.serviceEndPoint("math").who())
    site.settle()
    assert sorted(told.lines, key=len)[0] == ()
    assert (second.agentIdentity(),) in told.lines
    assert len(told.lines) == 3
