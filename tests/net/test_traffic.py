"""How much has gone over links."""

from __future__ import annotations

from exchange.net.traffic import Traffic
from exchange.testing import Network
from tests.services.offered import Math


def test_what_goes_over_a_link_is_counted_at_both_of_its_ends(network: Network) -> None:
    hub, caller, callee = network.hub(), network.peer(), network.peer()
    callee.add(Math())
    network.settle()
    (link,) = caller._links.attached
    before = link.traffic.told()
    network.result(caller.call("math", "multiply", 6, 7))

    far = next(each for each in hub._links.attached if each.identity == caller.identity)
    assert (link.traffic.frames_in, link.traffic.frames_out) == (before["frames_in"] + 1, before["frames_out"] + 1)
    assert (far.traffic.bytes_in, far.traffic.bytes_out) == (link.traffic.bytes_out, link.traffic.bytes_in)


def test_all_links_together_have_carried_what_those_did_that_are_gone(network: Network) -> None:
    hub, caller = network.hub(), network.peer()
    caller.call("nobody", "multiply", 6, 7).addErrback(lambda _: None)
    network.settle()
    before = hub._links.carried().told()
    network.cut(caller)
    network.settle()

    after = hub._links.carried().told()
    assert before["bytes_in"] > 0
    assert all(after[name] >= count for name, count in before.items())


def test_traffic_is_added_up() -> None:
    one, other = Traffic(), Traffic()
    one.frames_in, other.frames_in, other.bytes_out = 1, 2, 3
    assert one.add([other]).told() == {"bytes_in": 0, "bytes_out": 3, "frames_in": 3, "frames_out": 0}
