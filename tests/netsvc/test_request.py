from __future__ import annotations

from typing import Any

import pytest

from exchange import netsvc
from exchange.netsvc.process import Process, standing_in
from exchange.netsvc.request import Request
from tests.netsvc.places import central, joined
from tests.netsvc.site import Site


class Curious(netsvc.Service):
    """A service that keeps its requests."""

    def __init__(self) -> None:
        netsvc.Service.__init__(self, "curious")
        self.requests: list[Any] = []
        self.exportMethod(self.ask)

    def ask(self, *params: Any) -> None:
        """Keep the request."""
        self.requests.append(self.currentRequest())


@pytest.mark.parametrize("name", ["named", ""])
def test_a_request_tells_who_sends_it_in_another_process_and_in_the_same(site: Site, name: str) -> None:
    central(site)
    with standing_in(joined(site)):
        curious = Curious()
        near = netsvc.Service(name)
        near.serviceEndPoint("curious").ask(1)
    with standing_in(joined(site)):
        far = netsvc.Service(name)
    site.settle()
    far.serviceEndPoint("curious").ask(2)
    site.settle()
    senders = [request.sender() for request in curious.requests]
    assert senders == [near.serviceAddress(), far.serviceAddress()]
    expected = netsvc.SERVICE_AVAILABLE if name else netsvc.SERVICE_WITHDRAWN
    assert [curious.subscribeServiceAddress(print, sender) for sender in senders] == [expected] * 2
    curious.destroyAgent()


def test_a_request_tells_what_was_called_with_what(site: Site, here: Process) -> None:
    curious = Curious()
    netsvc.Service().serviceEndPoint("curious").ask(1, "two")
    site.settle()
    (request,) = curious.requests
    assert (request.methodName(), request.content(), request.sequenceNumber()) == ("ask", [1, "two"], 0)
    assert request.properties() == {}
    assert request.conversationId().startswith("$ID?")


def test_a_local_request_has_no_sender_and_is_not_passed_on(here: Process) -> None:
    request = Request("$ID?1", "ask", ())
    assert (request.sender(), request.properties(), request.is_local) == ("", {}, True)
    with pytest.raises(RuntimeError, match="cannot be passed on"):
        request.bounceRequest(Curious().serviceBinding())
