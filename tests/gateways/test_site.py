"""The site that gateways stand in."""

from __future__ import annotations

from twisted.web.resource import Resource

from exchange.gateways.site import GatewaySite
from exchange.testing import Network
from tests.gateways.conftest import Math
from tests.gateways.web import Web, called, posted
from tests.logbook import Logbook
from tests.outcomes import Outcome


def test_a_site_that_stops_closes_the_connections_that_are_left(web: Web) -> None:
    idle = web.line()
    web.site.doStart()

    web.site.doStop()

    assert idle.is_closed()


def test_a_site_that_stops_ends_the_calls_that_nobody_can_be_told_of(math: Math, web: Web) -> None:
    web.site.doStart()
    line = web.line()
    line.send(posted(called("slow")))

    web.site.doStop()
    line.hang_up()

    assert math.cancelled == 1


def test_a_site_that_lets_requests_end_closes_each_connection_after_its_answer(math: Math, web: Web) -> None:
    web.site.doStart()
    idle, busy = web.line(), web.line()
    busy.send(posted(called("slow")))

    assert isinstance(web.site, GatewaySite)
    quiet = Outcome(web.site.when_quiet())
    web.site.doStop()
    assert (idle.is_closed(), busy.is_closed(), quiet.is_open) == (True, False, True)
    math.owed[0].callback("done")
    web.network.settle()

    assert busy.answer().result == "done"
    assert busy.is_closed()
    idle.hang_up()
    busy.hang_up()
    assert quiet.count == 1


def test_a_site_without_connections_is_quiet_at_once(network: Network) -> None:
    site = GatewaySite(Resource(), network.clock)

    assert Outcome(site.when_quiet()).count == 1


def test_a_site_forgets_a_connection_that_is_over(network: Network) -> None:
    site = GatewaySite(Resource(), network.clock)
    line = Web(network, site).line()
    assert len(site.connections) == 1

    line.hang_up()

    assert not site.connections


def test_a_site_says_nothing_about_calls(web: Web, logbook: Logbook) -> None:
    web.site.doStart()

    assert web.call("math", "multiply", 6, 7) == 42
    web.site.doStop()

    assert logbook.lines("math") == logbook.lines("POST") == []


def test_over_tls_only_http_1_1_is_spoken(web: Web) -> None:
    assert web.site.acceptableProtocols() == [b"http/1.1"]


def test_a_site_counts_what_it_answered_by_what_answered_and_with_which_status(web: Web) -> None:
    web.call("math", "multiply", 6, 7)
    web.post("nobody", called("multiply", 6, 7), "Content-Type: text/xml")
    web.ask(b"GET /elsewhere HTTP/1.1\r\nHost: here\r\n\r\n")

    assert isinstance(web.site, GatewaySite)
    assert web.site.answered == {("xmlrpc", 200): 1, ("xmlrpc", 404): 1, ("other", 404): 1}
