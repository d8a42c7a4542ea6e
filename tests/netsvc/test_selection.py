from __future__ import annotations

import pytest

from exchange import netsvc
from exchange.netsvc.process import Process, standing_in
from exchange.netsvc.selection import Selection
from tests.logbook import Logbook
from tests.netsvc.site import Site
from tests.netsvc.stories import Math


def shown(selection: Selection, *names: str) -> list[str]:
    """Return those of ``names`` that are shown."""
    return [name for name in names if selection.find(name)]


def test_a_group_is_followed_in_both_directions(here: Process) -> None:
    selection = Selection("web-services")
    math, other = Math("math"), netsvc.Service("other")
    assert shown(selection, "math", "other") == ["math"]
    other.joinGroup("web-services")
    math.leaveGroup("web-services")
    assert shown(selection, "math", "other") == ["other"]
    other.destroyAgent()
    assert shown(selection, "math", "other") == []


def test_what_is_shown_is_said_in_the_log(here: Process, logbook: Logbook) -> None:
    selection = Selection("web-services")
    for math in [Math(), Math()]:
        math.destroyAgent()
    assert logbook.lines("math") == ["math is shown", "math is not shown any more"]
    assert shown(selection, "math") == []


def test_the_empty_group_is_all_that_has_a_name(here: Process) -> None:
    selection = Selection("")
    netsvc.Service("a")
    netsvc.Service("")
    netsvc.Service("hidden", "*", netsvc.SERVICE_HIDDEN)
    assert shown(selection, "a", "", "hidden") == ["a"]


def test_the_first_that_was_seen_is_called_until_it_goes(here: Process) -> None:
    first, second, third = Math(), Math(), Math()
    selection = Selection("web-services")
    assert selection.find("math") == first.serviceBinding()
    third.joinGroup("another")
    first.leaveGroup("web-services")
    assert selection.find("math") == second.serviceBinding()
    first.joinGroup("web-services")
    assert selection.find("math") == second.serviceBinding()
    second.destroyAgent()
    assert selection.find("math") == third.serviceBinding()


def test_the_registry_is_chosen_from_by_audience(site: Site) -> None:
    with standing_in(site.process()):
        netsvc.Exchange(netsvc.EXCHANGE_SERVER, "plant").listen(11111, "127.0.0.1")
        Math("far")
    with standing_in(site.process()):
        netsvc.Exchange(netsvc.EXCHANGE_CLIENT, "plant").connect("localhost", 11111)
        Math("near", "plant")
        selections = [Selection(audience, netsvc.SERVICE_REGISTRY) for audience in ("*", "", "plant", "office")]
        site.settle()
    assert [shown(selection, "far", "near") for selection in selections] == [["far", "near"], ["near"], ["near"], []]


def test_one_service_is_chosen_by_name_or_address_and_is_what_is_attached(here: Process) -> None:
    math, other = Math("math"), Math("math")
    by_name = Selection("math", netsvc.SERVICE_NAME)
    by_address = Selection(other.serviceAddress(), netsvc.SERVICE_ADDRESS)
    assert by_name.find("") == math.serviceBinding()
    assert by_address.find("") == other.serviceBinding()
    assert shown(by_name, "math") == shown(by_address, "math") == []


def test_what_is_there_already_is_shown_too(site: Site) -> None:
    with standing_in(site.process()):
        netsvc.Exchange(netsvc.EXCHANGE_SERVER).listen(11111, "127.0.0.1")
        Math("far")
    with standing_in(site.process()):
        Math("near")
        netsvc.Exchange(netsvc.EXCHANGE_CLIENT).connect("localhost", 11111)
        site.settle()
        assert shown(Selection("web-services"), "far", "near") == ["far", "near"]


def test_another_kind_of_selection_is_refused(here: Process) -> None:
    with pytest.raises(ValueError, match="by name, address, registry or group, not 9"):
        Selection("math", 9)
