"""Whether a method may run twice, as the authors of all its instances declared it."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from exchange import Description, Exchange, Service, ServiceUnavailable, method
from exchange.services import declarations
from exchange.services.declarations import PATIENCE, Declarations
from tests.outcomes import Outcome


class Once(Service):
    name = "careful"

    @method
    def read(self) -> None: ...


class Often(Service):
    name = "careful"

    @method(idempotent=True)
    def read(self) -> None: ...


ONCE, OFTEN = Once().digest, Often().digest


class Asking:
    """An exchange without a hub, and a story that answers what its services are asked."""

    def __init__(self, *services: Service) -> None:
        self.clock = Clock()
        self.exchange = Exchange(self.clock)
        for service in services:
            self.exchange.add(service)
        self.asked: list[Deferred[Description]] = []
        self.declarations = Declarations(self.exchange._picture, self._describe, self.clock)

    def _describe(self, thing: bytes, seconds: float) -> Deferred[Description]:
        assert 0 < seconds <= PATIENCE
        self.asked.append(Deferred())
        return self.asked[-1]

    def allow(self, offered: bytes = OFTEN, name: str = "read") -> Outcome:
        """Return what comes of the question."""
        return Outcome(self.declarations.allow("careful", name, offered))

    def answer(self, service: Service) -> None:
        """Answer the last question, as this service would."""
        self.asked.pop().callback(Description(service.description))


def test_a_method_may_run_twice_if_who_may_have_run_it_and_all_that_are_there_declare_it() -> None:
    story = Asking(Often(), Often())
    allowed = story.allow()
    assert allowed.is_open
    story.answer(Often())
    assert allowed.value is True


def test_one_that_forbids_it_is_enough() -> None:
    story = Asking(Often(), Once())
    allowed = story.allow()
    story.answer(Often())
    story.answer(Once())
    assert allowed.value is False


def test_if_nobody_is_left_who_could_tell_what_was_offered_it_may_not() -> None:
    story = Asking(Often())
    allowed = story.allow(offered=ONCE)
    story.answer(Often())
    assert allowed.value is False


def test_where_nobody_is_it_may_not() -> None:
    story = Asking()
    assert story.allow().value is False
    assert story.asked == []


def test_a_method_that_is_not_there_may_not() -> None:
    story = Asking(Often())
    allowed = story.allow(name="write")
    story.answer(Often())
    assert allowed.value is False


def test_calls_that_fail_together_ask_once_and_what_was_told_is_known_as_long_as_the_digest_is_the_same() -> None:
    story = Asking(Often())
    together = [story.allow() for _ in range(3)]
    assert len(story.asked) == 1
    story.answer(Often())
    assert [each.value for each in (*together, story.allow())] == [True] * 4
    story.clock.advance(100)
    assert story.allow().value is True
    assert story.asked == []


def test_one_that_is_cancelled_disturbs_no_other() -> None:
    story = Asking(Often())
    one, two = story.allow(), story.allow()
    one.cancel()
    story.answer(Often())
    assert two.value is True


def test_who_changes_what_it_offers_is_asked_anew() -> None:
    service = Often()
    story = Asking(service)
    first = story.allow()
    story.answer(service)
    assert first.value is True

    story.exchange.remove(service)
    story.exchange.add(Once())
    story.clock.advance(1)
    second = story.allow()
    story.answer(Once())
    assert second.value is False


def test_who_changes_while_it_is_asked_is_not_believed() -> None:
    service = Often()
    story = Asking(service)
    allowed = story.allow()
    story.exchange.remove(service)
    story.answer(service)
    assert allowed.value is False
    assert story.declarations._known == {}


@pytest.mark.parametrize("ends", ["silence", "failure"])
def test_who_does_not_answer_forbids_it(ends: str) -> None:
    story = Asking(Often(), Once())
    allowed = story.allow()
    if ends == "failure":
        story.asked.pop().errback(ServiceUnavailable("gone"))
    else:
        story.clock.advance(PATIENCE)
        story.answer(Often())
    assert allowed.value is False


def test_a_picture_that_does_not_become_whole_forbids_it() -> None:
    story = Asking(Often())
    story.exchange._picture.expects_hub = True
    allowed = story.allow()
    story.clock.advance(PATIENCE)
    assert allowed.value is False
    assert story.asked == []


def test_what_is_known_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declarations, "MOST_KNOWN", 1)
    story: Any = Asking(Often(), Once())
    story.allow()
    story.answer(Often())
    assert list(story.declarations._known) == [OFTEN]
    story.answer(Once())
    assert list(story.declarations._known) == [ONCE]
