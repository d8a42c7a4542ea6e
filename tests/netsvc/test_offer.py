from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import Deferred

from exchange import netsvc
from exchange.netsvc.process import Process
from tests.netsvc.site import Site
from tests.netsvc.stories import Math, Told


def test_a_method_runs_in_a_later_turn_and_in_the_order_of_the_requests(
    site: Site, here: Process, caller: netsvc.Service
) -> None:
    math = Math()
    for number in range(3):
        caller.serviceEndPoint("math").multiply(number, 0)
    assert math.begun == []
    site.settle()
    assert math.begun == [(0, 0), (1, 0), (2, 0)]


def test_a_request_that_nobody_waits_for_any_more_is_not_begun(
    site: Site, here: Process, caller: netsvc.Service
) -> None:
    math = Math()
    caller.serviceEndPoint("math").multiply(6, 7)
    math.destroyAgent()
    site.settle()
    assert math.begun == []


def test_a_method_may_be_a_coroutine(site: Site, here: Process, caller: netsvc.Service, told: Told) -> None:
    waits: Deferred[int] = Deferred()

    async def later(x: int) -> int:
        return x * await waits

    math = Math()
    math.exportMethod(later)
    caller.monitorResponse(told.one, caller.serviceEndPoint("math").later(6))
    site.settle()
    assert told.lines == []
    waits.callback(7)
    site.settle()
    assert told.lines == [(42,)]


def test_new_programs_may_name_the_arguments(site: Site, here: Process) -> None:
    math = Math()
    binding = math.serviceBinding()
    assert site.result(binding.through.call("math", "multiply", 6, y=7)) == 42


def test_system_exit_in_a_method_ends_the_process(here: Process, caller: netsvc.Service) -> None:
    Math()
    caller.serviceEndPoint("math").leave()
    with pytest.raises(SystemExit) as leaving:
        here.loop.run()
    assert leaving.value.code == 3


@pytest.mark.parametrize("what", [42, object()])
def test_what_cannot_be_called_cannot_be_exported(here: Process, what: Any) -> None:
    with pytest.raises(TypeError, match="must be callable and have a name"):
        Math().exportMethod(what, "name" if what == 42 else None)
