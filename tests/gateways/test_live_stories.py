"""Whatever happens to pages, publisher and hub, a page hears reports in order, each once, or is told of a gap."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from exchange import Service
from exchange.gateways.live import LiveGateway
from exchange.gateways.site import GatewaySite
from exchange.testing import Network
from tests.gateways.browser import Browser
from tests.gateways.web import Web, mounted

SUBJECTS = ("a", "b")
PAGES = 3


class Feed(Service):
    """Counts up, subject by subject."""

    name = "feed"
    groups = ("web-services",)


class Page:
    """A page that adds up what it hears."""

    def __init__(self, web: Web) -> None:
        self.browser = Browser(web, "/live/feed?subject=a&subject=*")
        self.is_there = True
        self.is_paused = False
        self.last: dict[str, int] = {}
        self._may_skip = dict.fromkeys(SUBJECTS, True)
        self._may_repeat = False

    def listen(self) -> None:
        """Check what has come."""
        for name, data in self.browser.heard() if self.is_there else ():
            if name == "gap":
                self._gap(data)
            elif name in SUBJECTS:
                self._report(name, data)
            elif name == "gone" and data["reason"] == "left":
                self._gap({"missed": None})  # what is reported outside the group is not for pages
            else:
                assert name in ("gone", "back")

    def _gap(self, data: dict[str, Any]) -> None:
        for subject in [data["subject"]] if "subject" in data else SUBJECTS:
            self._may_skip[subject] = True
        self._may_repeat = self._may_repeat or data["missed"] is None

    def _report(self, subject: str, number: int) -> None:
        last = self.last.get(subject, 0)
        least = last if self._may_repeat else last + 1
        assert number >= least, f"{subject} {number} was heard after {last}"
        assert number <= last + 1 or self._may_skip[subject], f"{subject} went from {last} to {number} without a gap"
        self.last[subject] = number
        self._may_skip[subject] = False


class Story(RuleBasedStateMachine):
    """Pages, a feed and a gateway, to whom things happen."""

    @initialize()
    def begin(self) -> None:
        """Let everything be there."""
        self.network = Network()
        self.network.hub()
        self.feed, self.home, self.peer = Feed(), self.network.peer(), self.network.peer()
        self.home.add(self.feed)
        self.away: list[Any] = []
        self.numbers = dict.fromkeys(SUBJECTS, 0)
        self.resource = LiveGateway(self.peer, max_waiting=1500)
        self.web = Web(self.network, GatewaySite(mounted("/live", self.resource), self.network.clock))
        self.network.settle()
        self.pages = [Page(self.web) for _ in range(PAGES)]

    @rule(subject=st.sampled_from(SUBJECTS), times=st.integers(1, 12))
    def publish(self, subject: str, times: int) -> None:
        """Report some numbers, all kept."""
        for _ in range(times):
            self.numbers[subject] += 1
            self.feed.publish(subject, self.numbers[subject], lifetime=-1)
        self.network.settle()

    @rule(which=st.integers(0, PAGES - 1))
    def hang_up_or_come_back(self, which: int) -> None:
        """A page loses its connection, or makes one."""
        page = self.pages[which]
        page.listen()
        if page.is_there:
            page.is_there = page.is_paused = False
            page.browser.line.hang_up()
        else:
            page.browser.connect()
            page.is_there = page.browser.status == 200
            if not page.is_there:
                page.browser.line.hang_up()
            page.listen()

    @rule(which=st.integers(0, PAGES - 1))
    def pause_or_resume(self, which: int) -> None:
        """A page stops reading, or reads again."""
        page = self.pages[which]
        if page.is_there:
            page.is_paused = not page.is_paused
            (page.browser.line.pause if page.is_paused else page.browser.line.resume)()

    @rule(seconds=st.sampled_from([0.5, 4.0, 11.0]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.network.clock.advance(seconds)

    @precondition(lambda self: not self.away)
    @rule(is_publisher=st.booleans())
    def lose(self, is_publisher: bool) -> None:
        """Publisher or gateway loses the hub."""
        self.away.append(self.home if is_publisher else self.peer)
        self.network.cut(self.away[0])

    @precondition(lambda self: self.away)
    @rule()
    def find_again(self) -> None:
        """They find it again."""
        self.network.restore(self.away.pop())
        self.network.clock.advance(60)  # however long they wait between two tries

    @rule()
    def leave_and_join(self) -> None:
        """The feed leaves the group, and joins it again."""
        self.feed.leave("web-services")
        self.network.settle()
        self.feed.join("web-services")
        self.network.settle()

    @invariant()
    def every_page_has_heard_what_it_should(self) -> None:
        """Look at what came."""
        for page in getattr(self, "pages", ()):
            if page.is_there and not page.is_paused and page.browser.line.is_aborted:
                page.is_there = False
            page.listen()

    def teardown(self) -> None:
        """In the end all are well: every page hears the last number, and nothing is left."""
        if not hasattr(self, "pages"):
            return
        if self.away:
            self.find_again()
        for page in self.pages:
            if page.is_paused:
                page.browser.line.hang_up()
                page.is_there = False
            if not page.is_there:
                page.browser.connect()
                page.is_there = True
                assert page.browser.status == 200, page.browser.line.unread
        for subject in SUBJECTS:
            self.publish(subject, 1)
        for page in self.pages:
            page.listen()
            assert page.last == self.numbers
        self.web.close()
        self.network.clock.advance(11)
        assert self.home.subscribers(self.feed) == []
        self.network.close()


TestStory = Story.TestCase
TestStory.settings = settings(max_examples=40, stateful_step_count=30)
