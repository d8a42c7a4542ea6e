"""The picture: several views put together."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.routing.registry import About, Change, Happening, Instance, Way
from exchange.routing.role import Role
from exchange.routing.switch import Switch
from exchange.services.local import LocalPort
from exchange.services.picture import Picture
from exchange.services.presence import PresenceChange, subject_of
from exchange.wire.frames import encode
from exchange.wire.identities import Id, identity_of, make_id
from exchange.wire.layouts import Kind
from exchange.wire.limits import Limits
from exchange.wire.values import encode_value
from tests.logbook import Logbook
from tests.routing.recorder import Recorder

SELF = identity_of(b"self".ljust(32))
FAR = identity_of(b"far".ljust(32))
MATH = make_id(FAR, 16)
OWN = make_id(SELF, 16)


class Story:
    """A picture of a peer that hears several hubs."""

    def __init__(self, is_hub: bool = False) -> None:
        local = LocalPort()
        self.switch = Switch(Role(SELF, is_hub, "", "self", Limits()), local, lambda: 0.0)
        self.picture = Picture(self.switch)
        self.switch.hub_watcher = self.picture.hubs_changed
        self.told: list[str] = []
        self.picture.observe(self._observe)

    def _observe(self, change: PresenceChange | None) -> None:
        if change:
            self.told.append(f"{change.instance.name} {change.kind} {change.reason}".strip())

    def attach(self, name: str, attachment: int = 1) -> Recorder:
        hub = Recorder(name, is_hub=True, attachment=attachment)
        self.switch.attach(hub)
        return hub

    def report(
        self, hub: Recorder, subject: str, content: Any, retained: bool = False, body: bytes = b"", number: int = 0
    ) -> None:
        body = body or encode_value([content, number, 0.0, None], 0)
        array = ("$exchange", subject, make_id(SELF, 1), retained, subject != "")
        self.picture.report(encode(Kind.REPORT, make_id(hub.identity, 0), array, body))

    def shows(self, hub: Recorder, thing: Id, name: str, retained: bool = True) -> None:
        self.report(hub, subject_of(thing), {"name": name}, retained)

    def whole(self, hub: Recorder) -> None:
        self.report(hub, "", None)

    def names(self) -> list[str]:
        return [presence.name for presence in self.picture.instances()]


def test_an_instance_is_there_as_long_as_one_hub_has_it() -> None:
    story = Story()
    rome, oslo = story.attach("rome"), story.attach("oslo")
    story.shows(rome, MATH, "math")
    story.shows(oslo, MATH, "math")
    story.report(rome, subject_of(MATH), {"reason": "lost"})
    assert story.told == ["math came"]
    story.report(oslo, subject_of(MATH), {"reason": "withdrawn"})
    assert story.told == ["math came", "math went withdrawn"]
    assert story.names() == []


def test_when_the_view_in_use_is_lost_the_next_ones_differences_are_told() -> None:
    story = Story()
    rome, oslo = story.attach("rome"), story.attach("oslo")
    story.shows(rome, MATH, "math")
    story.report(oslo, subject_of(MATH), {"name": "math", "groups": ["tools"]})
    assert story.told == ["math came"]
    story.switch.detach(rome, "gone")
    assert story.told == ["math came", "math changed"]


def test_what_only_a_lost_hub_told_is_lost() -> None:
    story = Story()
    rome = story.attach("rome")
    story.shows(rome, MATH, "math")
    story.whole(rome)
    story.switch.detach(rome, "gone")
    assert story.told == ["math came", "math went lost"]


def test_what_only_a_suspected_hub_tells_is_suspected_and_another_hub_is_believed_instead() -> None:
    story = Story()
    rome, oslo = story.attach("rome"), story.attach("oslo")
    for hub in (rome, oslo):
        story.shows(hub, MATH, "math")
    story.shows(rome, make_id(FAR, 17), "tools")
    story.switch.note_suspected(rome, True)
    assert story.told == ["math came", "tools came", "tools changed"]
    assert [each.suspected for each in story.picture.instances()] == [False, True]
    story.switch.note_suspected(oslo, True)
    assert story.told[3:] == ["math changed"]
    story.switch.note_suspected(rome, False)
    assert story.told[4:] == ["math changed", "tools changed"]
    assert not any(each.suspected for each in story.picture.instances())


def test_a_hub_with_two_links_is_suspected_if_both_are_silent() -> None:
    story = Story()
    older, newer = story.attach("rome", 1), story.attach("rome", 2)
    story.shows(older, MATH, "math")
    story.switch.note_suspected(older, True)
    assert story.told == ["math came"]
    story.switch.note_suspected(newer, True)
    assert story.told == ["math came", "math changed"]
    story.switch.detach(newer, "silent")
    story.switch.note_suspected(older, False)
    assert story.told == ["math came", "math changed", "math changed"]


def test_a_view_that_is_not_in_use_tells_nothing_when_it_forgets() -> None:
    story = Story()
    rome, oslo = story.attach("rome"), story.attach("oslo")
    story.shows(rome, MATH, "math")
    story.report(oslo, subject_of(MATH), {"name": "math", "groups": ["other"]})
    story.report(oslo, subject_of(MATH), {"reason": "lost"})
    assert story.told == ["math came"]


def test_of_what_lives_here_only_our_own_registry_is_believed() -> None:
    story = Story()
    rome = story.attach("rome")
    story.shows(rome, OWN, "mine")
    assert story.told == []
    about = About("mine", (), "*", b"", None, ())
    instance = Instance(OWN, Way(story.switch.local, 0, about, SELF))
    story.picture.registry_changed(Change(Happening.CAME, instance))
    story.report(rome, subject_of(OWN), {"reason": "lost"})
    assert story.told == ["mine came"]
    story.picture.registry_changed(Change(Happening.WENT, instance, "withdrawn"))
    assert story.told == ["mine came", "mine went withdrawn"]


def test_the_picture_is_whole_when_every_hub_has_shown_all() -> None:
    story = Story()
    story.picture.expects_hub = True
    complete = [story.picture.is_complete]
    rome, oslo = story.attach("rome"), story.attach("oslo")
    for step in (
        lambda: story.whole(rome),
        lambda: story.whole(oslo),
        lambda: story.switch.detach(oslo, "gone"),
        lambda: story.switch.detach(rome, "gone"),
    ):
        step()
        complete.append(story.picture.is_complete)
    assert complete == [False, False, True, True, False]


def test_what_a_second_picture_of_a_hub_does_not_show_went_unheard() -> None:
    """Over a link that was dead already, for example, while another link to that hub lives."""
    story = Story()
    rome = story.attach("rome")
    story.shows(rome, MATH, "math")
    story.shows(rome, make_id(FAR, 17), "press")
    story.whole(rome)
    story.shows(rome, make_id(FAR, 18), "live", retained=False)
    story.shows(rome, MATH, "math")
    story.whole(rome)
    assert story.told == ["math came", "press came", "live came", "press went lost", "live went lost"]
    assert story.names() == ["math"]


def test_what_comes_late_over_an_older_link_to_the_same_hub_is_dropped() -> None:
    story = Story()
    rome = story.attach("rome", 1)
    story.attach("rome", 2)
    press = make_id(FAR, 17)
    story.report(rome, subject_of(MATH), {"name": "math", "groups": ["new"]}, True, number=5)
    story.report(rome, subject_of(press), {"reason": "withdrawn"}, number=6)
    story.report(rome, subject_of(MATH), {"name": "math", "groups": ["old"]}, number=3)
    story.report(rome, subject_of(press), {"name": "press"}, number=4)
    assert [(each.name, each.groups) for each in story.picture.instances()] == [("math", ("new",))]
    assert story.told == ["math came"]


def test_an_older_picture_that_ends_late_takes_nothing_away() -> None:
    story = Story()
    rome = story.attach("rome", 1)
    story.attach("rome", 2)
    story.report(rome, subject_of(MATH), {"name": "math"}, True, number=1)
    story.report(rome, subject_of(MATH), {"name": "math"}, True, number=4)
    story.report(rome, "", 4, number=5)
    story.report(rome, subject_of(make_id(FAR, 17)), {"name": "live"}, number=6)
    story.report(rome, "", 1, number=3)
    assert story.names() == ["math", "live"]


def test_what_a_numbered_picture_does_not_show_went_unheard() -> None:
    story = Story()
    rome = story.attach("rome")
    story.report(rome, subject_of(MATH), {"name": "math"}, True, number=1)
    story.report(rome, subject_of(make_id(FAR, 17)), {"name": "press"}, True, number=2)
    story.report(rome, "", 1, number=3)
    story.report(rome, subject_of(MATH), {"name": "math"}, True, number=9)
    story.report(rome, "", 9, number=10)
    assert story.told == ["math came", "press came", "press went lost"]


def test_who_moves_to_another_hub_loses_nobody() -> None:
    story = Story()
    rome = story.attach("rome", 1)
    press = make_id(FAR, 17)
    story.shows(rome, MATH, "math")
    story.shows(rome, press, "press")
    story.whole(rome)
    oslo = story.attach("oslo", 2)
    story.switch.detach(rome, "moved", left=True)
    assert story.names() == ["math", "press"]
    assert not story.picture.is_complete
    story.shows(oslo, MATH, "math")
    story.whole(oslo)
    assert story.told == ["math came", "press came", "press went lost"]
    assert story.picture.is_complete


def test_the_hub_that_is_linked_is_believed_more_than_the_one_that_was_lost() -> None:
    story = Story()
    rome = story.attach("rome", 1)
    story.shows(rome, MATH, "math")
    story.whole(rome)
    oslo = story.attach("oslo", 2)
    story.report(oslo, subject_of(MATH), {"name": "math", "groups": ["new"]}, retained=True)
    assert story.told == ["math came"]
    story.switch.detach(rome, "moved", left=True)
    assert story.told == ["math came", "math changed"]
    assert story.picture.instances()[0].groups == ("new",)


def test_hubs_are_asked_when_somebody_wants_to_know_and_asked_once() -> None:
    story = Story()
    story.picture.observe(lambda change: None)
    rome = story.attach("rome")
    asked = [(frame[1], frame[2][:2]) for frame in rome.taken() if frame[0] == Kind.SUBSCRIBE]
    assert asked == [(make_id(SELF, 1), ("$exchange", "instance.*"))]


def test_a_hub_asks_nobody() -> None:
    story = Story(is_hub=True)
    other = story.attach("oslo")
    assert other.taken() == []


@pytest.mark.parametrize(
    ("subject", "content"),
    [
        ("instance.xx", {"name": "math"}),
        ("weather", "fine"),
        (subject_of(MATH), {"name": 5}),
        (subject_of(MATH), {"name": "math", "groups": 5}),
    ],
)
def test_a_report_that_cannot_be_understood_changes_nothing_and_is_logged(
    subject: str, content: Any, logbook: Logbook
) -> None:
    story = Story()
    story.report(story.attach("rome"), subject, content)
    assert story.told == []
    assert len(logbook.lines("a report of a hub cannot be understood")) == 1


@pytest.mark.parametrize("body", [b"\xc1", b"\x05", b"\x90", b"\x80"])
def test_a_body_that_cannot_be_understood_changes_nothing_and_is_logged(body: bytes, logbook: Logbook) -> None:
    story = Story()
    story.report(story.attach("rome"), subject_of(MATH), None, body=body)
    assert story.told == []
    assert len(logbook.lines("a report of a hub cannot be understood")) == 1


@pytest.mark.parametrize("content", [None, [1], 5, {}])
def test_a_going_without_a_reason_is_a_loss(content: Any) -> None:
    story = Story()
    rome = story.attach("rome")
    story.shows(rome, MATH, "math")
    story.report(rome, subject_of(MATH), content)
    assert story.told == ["math came", "math went lost"]


def test_an_observer_that_is_ignored_hears_nothing_more() -> None:
    story = Story()
    heard: list[Any] = []
    story.picture.observe(heard.append)
    story.picture.ignore(heard.append)
    story.shows(story.attach("rome"), MATH, "math")
    assert heard == []
