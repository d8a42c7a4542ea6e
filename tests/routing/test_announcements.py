"""What hubs are told of an instance, and when."""

from __future__ import annotations

from exchange.routing.announcements import Announcements
from exchange.routing.registry import Instance, Registry
from tests.routing.recorder import Recorder, a_hub, announce, said

THING = Recorder("maker").make(1)
ROME, OSLO = Recorder("one peer"), Recorder("other peer")


class Site:
    """A registry with one instance, and a hub that is told of it."""

    def __init__(self) -> None:
        story = a_hub("plant")
        self.local, self.hub = story.local, Recorder("hub", is_hub=True)
        self.registry = Registry()
        self.announcements = Announcements(
            story.switch.role, self.local, self.registry, lambda source, hub, frame: frame
        )
        self.announcements.hubs = [self.hub]

    def announce(self, port: Recorder, **about: object) -> Instance:
        self.registry.announce(port, THING, announce(THING, "math", **about)[2])
        instance = self.registry.get(THING)
        assert instance is not None
        return instance


def test_what_only_a_hub_has_told_no_hub_is_told() -> None:
    site = Site()
    assert site.announcements.told(None) is None
    assert site.announcements.told(site.announce(Recorder("another hub", is_hub=True))) is None


def test_what_lives_here_is_told_if_its_audience_allows() -> None:
    site = Site()
    assert site.announcements.told(site.announce(site.local, audience="plant")) is not None
    assert site.announcements.told(site.announce(site.local, audience="store")) is None


def test_hubs_hear_of_the_best_way_as_it_came_when_it_has_changed_and_of_the_end_of_the_last() -> None:
    site = Site()
    instance = site.announce(ROME, attachment=2)
    came = announce(THING, "math", attachment=2)
    site.announcements.tell(instance, None, "", came)
    best = site.announcements.told(instance)
    site.announce(OSLO, attachment=1)
    site.announcements.tell(instance, best, "")
    assert site.hub.taken() == [came]

    site.registry.withdraw(ROME, THING, "lost")
    site.announcements.tell(instance, best, "moved")
    assert [frame[2][0] for frame in site.hub.taken()] == [1]
    left = site.announcements.told(instance)
    site.registry.withdraw(OSLO, THING, "lost")
    site.announcements.tell(instance, left, "lost")
    site.announcements.tell(instance, None, "lost")
    told = site.hub.taken()
    assert (said(told), told[0][2]) == ([("WITHDRAW", THING)], ("lost",))
