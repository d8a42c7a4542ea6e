from __future__ import annotations

from exchange import netsvc
from exchange.netsvc.process import Process
from tests.netsvc.stories import Math


def test_a_binding_tells_what_is_known_of_a_service(here: Process) -> None:
    binding = Math("math", "plant").serviceBinding()
    assert (binding.serviceName(), binding.serviceAudience(), binding.networkGroup()) == ("math", "plant", "")
    assert binding.serviceLocation() == netsvc.SERVICE_LOCAL
    assert binding.serviceAddress() == binding.agentIdentity()
    assert binding.agentIdentity().startswith(binding.processIdentity())
    assert repr(binding).startswith("<binding math (")


def test_bindings_of_one_service_are_equal(here: Process) -> None:
    math, other = Math(), Math()
    before = math.serviceBinding()
    math.joinGroup("another")
    assert before == math.serviceBinding()
    assert before != other.serviceBinding()
    assert before != "math"
    assert len({before, math.serviceBinding(), other.serviceBinding()}) == 2


def test_its_addresses_are_ids_that_do_not_depend_on_the_way(here: Process) -> None:
    service = netsvc.Service("a")
    binding = service.serviceBinding()
    assert binding.receiverName() == binding.agentAddress() == binding.serviceAddress() == service.agentIdentity()
    assert binding.processAddress() == service.processIdentity()
    other = netsvc.Service("b").serviceBinding()
    assert sorted([other, binding]) == [binding, other], "the older one has the lower id"
