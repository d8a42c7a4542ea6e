"""Live reports over HTTP: who may listen, what they hear, and what is left of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twisted.web.server import Request, Site

from exchange import ConfigurationError, Exchange, Hub, Service
from exchange.gateways.live import LiveGateway
from exchange.gateways.refusals import Refusal
from exchange.gateways.selection import Selection
from exchange.gateways.site import GatewaySite
from exchange.testing import Network
from tests.gateways.browser import Browser
from tests.gateways.web import Answer, Web, mounted
from tests.logbook import Logbook


class Feed(Service):
    """Reports what a test wants."""

    name = "feed"
    groups = ("web-services",)


Gateway = Callable[..., Web]


@pytest.fixture
def feed() -> Feed:
    return Feed()


@pytest.fixture
def home(network: Network, hub: Hub, feed: Feed) -> Exchange:
    """The peer at which the feed is."""
    peer = network.peer()
    peer.add(feed)
    network.settle()
    return peer


@pytest.fixture
def gateway(network: Network, home: Exchange) -> Iterator[Gateway]:
    """Make a site with a gateway at /live: ``gateway(linger=0, site=Site)``."""
    made: list[Web] = []

    def make(site: Any = GatewaySite, peer: Exchange | None = None, **settings: Any) -> Web:
        resource = LiveGateway(peer or network.peer(), **settings)
        made.append(Web(network, site(mounted("/live", resource), reactor=network.clock)))
        network.settle()
        return made[-1]

    yield make
    for web in made:
        web.close()
    network.clock.advance(11)  # for as long as anybody is waited for


@pytest.fixture
def web(gateway: Gateway) -> Web:
    return gateway()


def asked(web: Web, target: str, *headers: str, method: str = "GET") -> Answer:
    return web.ask("\r\n".join([f"{method} {target} HTTP/1.1", "Host: here", *headers, "", ""]).encode())


def test_a_page_hears_what_is_kept_and_then_what_is_reported(web: Web, feed: Feed) -> None:
    feed.publish("nyse.ibm", {"price": 1.5}, lifetime=-1)
    feed.publish("lse.x", 1, lifetime=-1)

    browser = Browser(web, "/live/feed?subject=nyse.*")
    assert browser.heard() == [("nyse.ibm", {"price": 1.5})]
    feed.publish("nyse.ibm", {"price": 2})
    feed.publish("lse.x", 2)
    assert browser.heard() == [("nyse.ibm", {"price": 2})]


def test_several_subjects_may_be_heard_at_once_and_with_all_that_is_known(web: Web, feed: Feed) -> None:
    browser = Browser(web, "/live/feed?subject=a&subject=b.%3F&form=report")

    feed.publish("a", 1)
    feed.publish("b.1", 2, lifetime=60)
    feed.publish("c", 3)

    assert [(name, each["subject"], each["content"], each["retained"]) for name, each in browser.heard()] == [
        ("message", "a", 1, False),
        ("message", "b.1", 2, False),
    ]


def test_what_json_cannot_express_is_told_and_the_stream_goes_on(web: Web, feed: Feed) -> None:
    browser = Browser(web, "/live/feed")

    feed.publish("a", float("nan"))
    feed.publish("a", 1)

    assert browser.heard() == [
        ("inexpressible", {"subject": "a", "why": "content: JSON cannot express nan"}),
        ("a", 1),
    ]


def test_a_publisher_that_goes_is_told_and_when_it_comes_back_the_stream_goes_on(
    network: Network, web: Web, feed: Feed, home: Exchange
) -> None:
    browser = Browser(web, "/live/feed")

    home.remove(feed)
    assert browser.heard() == [("gone", {"service": "feed", "reason": "withdrawn"})]
    assert asked(web, "/live/feed").status == 404

    home.add(feed)
    network.settle()
    feed.publish("a", 1)
    assert browser.heard() == [("back", {"service": "feed"}), ("a", 1)]


def test_who_comes_back_hears_what_was_missed_and_nothing_twice(network: Network, web: Web, feed: Feed) -> None:
    feed.publish("a", 0, lifetime=-1)
    browser = Browser(web, "/live/feed")
    assert browser.heard() == [("a", 0)]

    browser.line.hang_up()
    feed.publish("a", 1, lifetime=-1)
    feed.publish("a", 2, lifetime=-1)
    network.clock.advance(9)
    browser.connect()
    assert browser.heard() == [("a", 1), ("a", 2)]

    feed.publish("a", 3)
    assert browser.heard() == [("a", 3)]


def test_what_was_written_into_a_dead_connection_is_written_again(web: Web, feed: Feed) -> None:
    browser = Browser(web, "/live/feed")
    feed.publish("a", 1)
    browser.listen()
    dead = browser.line

    feed.publish("a", 2)
    web.network.settle()  # written, and never read
    browser.connect()

    assert browser.heard() == [("a", 2)]
    dead_stream_is_over = dead.unread.endswith(b"0\r\n\r\n")
    assert dead_stream_is_over


def test_who_comes_back_too_late_is_told_of_a_gap_and_begins_with_what_is_kept(
    network: Network, web: Web, feed: Feed
) -> None:
    feed.publish("a", 0, lifetime=-1)
    browser = Browser(web, "/live/feed")
    browser.listen()

    browser.line.hang_up()
    network.clock.advance(11)
    feed.publish("b", 1)
    feed.publish("a", 2, lifetime=-1)
    browser.connect()

    assert browser.heard() == [("gap", {"missed": None}), ("a", 2)]


def test_who_comes_back_to_a_gateway_that_was_started_anew_is_told_of_a_gap(gateway: Gateway, feed: Feed) -> None:
    feed.publish("a", 0, lifetime=-1)
    browser = Browser(gateway(), "/live/feed")
    browser.listen()

    browser._web = gateway()
    browser.connect()

    assert browser.heard() == [("gap", {"missed": None}), ("a", 0)]


@pytest.mark.parametrize("number", ["99", "x", "-1"])
def test_who_comes_back_with_a_number_that_was_never_given_is_told_of_a_gap(web: Web, feed: Feed, number: str) -> None:
    browser = Browser(web, "/live/feed")
    feed.publish("a", 1)
    (event,) = browser.listen()

    again = Browser(web, f"/live/feed?last-event-id={event.last_id.rpartition('-')[0]}-{number}")

    assert again.heard() == [("gap", {"missed": None})]


def test_nobody_goes_on_where_somebody_else_was(gateway: Gateway, feed: Feed) -> None:
    class Asks:
        def identify(self, request: Request) -> str:
            return str(request.getHeader("authorization"))

    web = gateway(guard=Asks())
    alice = Browser(web, "/live/feed?subject=a", "Authorization: alice")
    feed.publish("a", 1)
    (event,) = alice.listen()

    for target, user in [("/live/feed?subject=a", "mallory"), ("/live/feed?subject=b", "alice")]:
        other = Browser(web, f"{target}&last-event-id={event.last_id}", f"Authorization: {user}")
        assert other.heard() == [("gap", {"missed": None})]
    feed.publish("a", 2)
    assert alice.heard() == [("a", 2)]


def test_nothing_is_left_of_those_who_hang_up(network: Network, web: Web, feed: Feed, home: Exchange) -> None:
    heard, unheard = Browser(web, "/live/feed?subject=a&subject=b"), Browser(web, "/live/feed?subject=c")
    feed.publish("a", 1)
    heard.listen()
    assert len(home.subscribers(feed)) == 3

    unheard.line.hang_up()
    assert len(home.subscribers(feed)) == 2  # who has heard nothing cannot come back
    heard.line.hang_up()
    assert len(home.subscribers(feed)) == 2
    network.clock.advance(10)

    assert home.subscribers(feed) == []
    assert web.site.connections == set()  # type: ignore[attr-defined]


def test_thousands_who_come_and_go_leave_nothing(
    network: Network, gateway: Gateway, feed: Feed, home: Exchange
) -> None:
    web = gateway(max_streams=5)
    for _ in range(300):
        browser = Browser(web, "/live/feed?subject=a")
        feed.publish("a", 1)
        network.settle()
        browser.line.hang_up()

    assert len(home.subscribers(feed)) == 5
    network.clock.advance(10)
    assert home.subscribers(feed) == []


@pytest.mark.parametrize(
    ("target", "method", "status", "text"),
    [
        ("/live/nobody", "GET", 404, b"no service of this name is shown here"),
        ("/live/nobody", "POST", 404, b"no service"),
        ("/live", "GET", 404, b"no service"),
        ("/live/feed/", "GET", 404, b"no service"),
        ("/live/%ff", "GET", 404, b"no service"),
        ("/live/feed", "POST", 405, b"reports are listened to by GET"),
        ("/live/feed", "HEAD", 405, b""),
        ("/live/feed", "OPTIONS", 405, b"reports are listened to by GET"),
        ("/live/feed?subject=", "GET", 400, b"a subject must be 1 to 1024 bytes"),
        ("/live/feed?subject=%ff", "GET", 400, b"a subject must be"),
        ("/live/feed?subject=%0aevent:x", "GET", 400, b"a subject must be"),
        ("/live/feed?form=xml", "GET", 400, b"form must be one of content, report"),
        (f"/live/feed?{'&'.join(f'subject={n}' for n in range(17))}", "GET", 400, b"subject may be given 16 times"),
    ],
)
def test_what_cannot_be_listened_to_is_refused(web: Web, target: str, method: str, status: int, text: bytes) -> None:
    answer = asked(web, target, "Content-Length: 0", method=method)

    assert answer.status == status
    assert answer.body.startswith(text)
    if status == 405:
        assert answer.headers["allow"] == "GET"


@given(st.dictionaries(st.sampled_from(["subject", "form", "last-event-id", "x"]), st.binary(max_size=20), max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_no_query_whatever_it_is_leads_into_an_error(web: Web, query: dict[str, bytes]) -> None:
    target = f"/live/feed?{'&'.join(f'{name}={quote_from_bytes(value)}' for name, value in query.items())}"
    browser = Browser(web, target)

    assert browser.status in (200, 400)
    browser.line.hang_up()


def test_a_gateway_without_a_hub_says_so(network: Network, gateway: Gateway) -> None:
    peer = network.peer()
    web = gateway(peer=peer)
    network.cut(peer)

    answer = asked(web, "/live/feed")
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")


def test_a_stream_outlives_the_loss_of_the_hub(network: Network, gateway: Gateway, feed: Feed) -> None:
    peer = network.peer()
    browser = Browser(gateway(peer=peer), "/live/feed")
    feed.publish("a", 1)
    browser.listen()

    network.cut(peer)
    feed.publish("a", 2, lifetime=-1)
    assert browser.heard() == [("gone", {"service": "feed", "reason": "lost"})]
    network.restore(peer)
    network.clock.advance(10)

    assert browser.heard() == [("back", {"service": "feed"}), ("a", 2)]


def test_who_may_not_come_in_hears_nothing(gateway: Gateway) -> None:
    class Nobody:
        def identify(self, request: Request) -> Refusal:
            return Refusal(401, "say who you are")

    assert asked(gateway(guard=Nobody()), "/live/feed").status == 401


def test_pages_of_listed_sites_may_listen_and_no_others(gateway: Gateway) -> None:
    web = gateway(origins=["https://plant.example"])

    assert asked(web, "/live/feed", "Origin: https://evil.example").status == 403
    browser = Browser(web, "/live/feed", "Origin: https://plant.example")
    assert browser.headers["access-control-allow-origin"] == "https://plant.example"


def test_a_body_that_is_too_large_is_refused_though_nobody_would_read_it(gateway: Gateway) -> None:
    web = gateway(site=lambda root, reactor: GatewaySite(root, reactor, max_body=5), max_body=5)

    assert asked(web, "/live/feed", "Content-Length: 6").status == 413


def test_only_so_many_listen_at_once(network: Network, gateway: Gateway, feed: Feed) -> None:
    web = gateway(max_streams=2)
    browsers = [Browser(web, "/live/feed") for _ in range(2)]

    full = asked(web, "/live/feed")
    assert (full.status, full.headers["retry-after"]) == (503, "5")

    browsers[0].line.hang_up()
    assert Browser(web, "/live/feed").status == 200


def test_a_site_knows_how_many_listen_now(network: Network, gateway: Gateway) -> None:
    web = gateway()
    assert isinstance(web.site, GatewaySite)
    assert web.site.streams == 0

    listeners = [Browser(web, "/live/feed?subject=*") for _ in range(2)]
    assert web.site.streams == 2

    listeners[0].line.hang_up()
    assert web.site.streams == 1


def test_only_so_many_listen_from_one_address(gateway: Gateway) -> None:
    web = gateway(max_streams_per_address=1)
    browser = Browser(web, "/live/feed")

    refused = asked(web, "/live/feed")
    assert (refused.status, refused.headers["retry-after"]) == (429, "5")

    browser.line.hang_up()
    assert Browser(web, "/live/feed").status == 200


def test_when_the_hub_takes_no_more_subscriptions_that_is_told(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, logbook: Logbook
) -> None:
    def full(*args: Any) -> None:
        raise ValueError("a hub takes no more")

    web = gateway()
    monkeypatch.setattr(Exchange, "subscribe", full)

    assert asked(web, "/live/feed").status == 503
    assert logbook.lines("nobody else can listen: a hub takes no more")


def test_one_service_may_be_at_the_path_of_the_gateway_itself(network: Network, home: Exchange, feed: Feed) -> None:
    peer = network.peer()
    resource = LiveGateway(peer, Selection(peer, name="feed"))
    web = Web(network, GatewaySite(mounted("/prices", resource), network.clock))
    network.settle()
    browser = Browser(web, "/prices?subject=a")

    feed.publish("a", 1)

    assert browser.heard() == [("a", 1)]
    assert asked(web, "/prices/feed").status == 404
    web.site.stopFactory()
    web.close()


@pytest.mark.parametrize("is_drained", [False, True])
def test_a_site_that_stops_ends_its_streams_in_good_order(
    gateway: Gateway, feed: Feed, home: Exchange, is_drained: bool
) -> None:
    web = gateway()
    browser, ended = Browser(web, "/live/feed"), list[None]()
    feed.publish("a", 1)
    browser.listen()
    if is_drained:
        web.site.when_quiet().addCallback(ended.append)  # type: ignore[attr-defined]

    web.site.stopFactory()
    web.network.settle()

    assert browser.is_at_its_end
    assert browser.line.is_closed()
    assert home.subscribers(feed) == []
    browser.line.hang_up()
    assert ended == ([None] if is_drained else [])


def test_a_plain_site_of_twisted_has_live_reports_too(gateway: Gateway, feed: Feed) -> None:
    web = gateway(site=Site)
    browser = Browser(web, "/live/feed?subject=a")

    feed.publish("a", 1)

    assert browser.heard() == [("a", 1)]


def test_a_heartbeat_must_be_above_0(network: Network) -> None:
    with pytest.raises(ConfigurationError, match="heartbeat must be above 0, not 0"):
        LiveGateway(network.hub(), heartbeat=0)
