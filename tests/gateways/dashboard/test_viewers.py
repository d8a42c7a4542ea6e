"""Those who look: what they are told, and what becomes of those who do not read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from exchange import Exchange
from exchange.gateways.dashboard import viewers
from exchange.gateways.dashboard.door import HUB
from exchange.gateways.live_stream import LONGEST_PAUSE
from exchange.testing import Network
from tests.gateways.browser import Browser
from tests.gateways.dashboard.conftest import Site
from tests.gateways.web import Web


class Looking(Browser):
    """Looks at the page."""

    def __init__(self, web: Web) -> None:
        super().__init__(web, "/api/live")

    def heard(self) -> list[tuple[str, Any]]:
        """Return what has come, by the names of the events."""
        return [(event.type, event.content) for event in self.listen()]


@pytest.fixture(autouse=True)
def at_localhost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have browsers ask for localhost, as they must here."""
    usual = Web.line

    def line(self: Web) -> Any:
        made = usual(self)
        send = made.send
        made.send = lambda data: send(data.replace(b"Host: here", b"Host: localhost"))  # type: ignore[method-assign]
        return made

    monkeypatch.setattr(Web, "line", line)


def test_whoever_looks_is_told_all_at_first_and_then_what_has_changed(
    network: Network, site: Site, peer: Exchange
) -> None:
    looking = Looking(site())

    first = dict(looking.heard())
    assert {"overview", "links", "instances", "usage", "subscriptions", "metrics", "others", "look"} == set(first)
    assert [row["name"] for row in first["instances"]["rows"]] == ["plant"]

    network.clock.advance(1.1)
    names = [name for name, _ in looking.heard()]
    assert names[-1] == "look"
    assert "instances" not in names
    assert "overview" in names, "the time has passed"

    network.stop(peer)
    network.clock.advance(1.1)
    assert dict(looking.heard())["instances"]["rows"] == []


def test_nobody_is_asked_when_they_have_gone(network: Network, site: Site) -> None:
    looking = Looking(site())
    looking.line.hang_up()
    network.clock.advance(3)
    assert [call for call in network.clock.getDelayedCalls() if "Poll" in str(call)] == []


def test_whoever_reads_slowly_is_told_the_last_of_each_and_not_all(network: Network, site: Site) -> None:
    looking = Looking(site())
    looking.heard()
    looking.line.pause()
    network.clock.advance(10)
    assert looking.heard() == []

    looking.line.resume()

    names = [name for name, _ in looking.heard()]
    assert names.count("overview") == 1


def test_whoever_reads_nothing_at_all_is_hung_up_on(network: Network, site: Site) -> None:
    looking = Looking(site())
    looking.line.pause()
    network.clock.advance(LONGEST_PAUSE + 2)
    assert looking.line.is_aborted
    looking.line.hang_up()


def test_after_a_while_they_show_anew_who_they_are(
    network: Network, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewers, "LONGEST", 5.0)
    looking = Looking(site())
    network.clock.advance(7)
    assert looking.is_at_its_end


def test_whoever_may_look_no_more_is_told_nothing_more(network: Network, site: Site) -> None:
    granted = {("administer", HUB)}
    looking = Looking(site(permits=lambda who, deed, thing: (deed, thing) in granted))
    looking.heard()

    granted.clear()
    network.clock.advance(1.1)

    assert looking.heard() == []
    assert looking.is_at_its_end


def test_no_more_may_look_than_can_be_told(network: Network, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewers, "MOST_VIEWERS", 2)
    web = site()
    one, other = Looking(web), Looking(web)
    assert Looking(web).status == 503

    one.line.hang_up()
    assert Looking(web).status == 200
    assert other.status == 200


def test_a_site_that_stops_ends_the_streams(network: Network, site: Site) -> None:
    web = site()
    looking = Looking(web)
    web.site.stopFactory()
    network.settle()
    assert looking.is_at_its_end


def test_what_is_told_is_json_in_one_line(network: Network, site: Site) -> None:
    looking = Looking(site())
    text = looking.line.unread.decode()
    assert "\nevent: look\ndata: {}\n\n" in text
    assert json.dumps(dict(looking.heard())["look"]) == "{}"
