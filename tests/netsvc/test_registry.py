from __future__ import annotations

import pytest

from exchange import netsvc
from exchange.netsvc.process import Process, standing_in
from tests.netsvc.places import central, joined
from tests.netsvc.site import Site


def test_services_are_looked_up_by_name_group_and_address(site: Site) -> None:
    central(site)
    with standing_in(joined(site)):
        far = netsvc.Service("a")
        far.joinGroup("g")
        far.joinGroup("h")
    with standing_in(joined(site)):
        near, other = netsvc.Service("a"), netsvc.Service("b")
        other.joinGroup("g")
        registry = netsvc.Registry()
        site.settle()
        addresses = [binding.serviceAddress() for binding in registry.serviceAgents()]
        assert addresses == [near.serviceAddress(), other.serviceAddress(), far.serviceAddress()]
        assert registry.lookupServiceName("a") == [near.serviceBinding(), registry.lookupServiceName("a")[1]]
        assert [each.serviceName() for each in registry.lookupServiceGroup("g")] == ["b", "a"]
        assert registry.serviceGroups() == ["g", "h"]
        assert registry.serviceGroups(other.serviceAddress()) == ["g"]
        assert registry.serviceGroups(near.serviceAddress()) == []
        found = registry.lookupServiceAddress(far.serviceAddress())
        assert found is not None
        assert (found.serviceName(), found.serviceLocation()) == ("a", netsvc.SERVICE_REMOTE)
        assert near.lookupServiceAddress(far.serviceAddress()) == found
        assert registry.lookupServiceAddress("nowhere") is None
        assert registry.lookupServiceName("*") == []


def test_an_address_stays_good_when_the_process_gets_an_exchange(here: Process) -> None:
    service = netsvc.Service("a")
    before = service.serviceAddress()
    netsvc.Exchange(netsvc.EXCHANGE_CLIENT)
    assert netsvc.Registry().lookupServiceAddress(before) == service.serviceBinding()


@pytest.mark.parametrize("name", ["", "hidden"])
def test_hidden_services_and_those_without_a_name_are_not_looked_up(here: Process, name: str) -> None:
    netsvc.Service(name, "*", netsvc.SERVICE_HIDDEN if name else netsvc.SERVICE_VISIBLE)
    assert netsvc.Registry().serviceAgents() == []
