from __future__ import annotations

from exchange import Exchange, Presence, PresenceChange
from exchange.netsvc.binding import Binding
from exchange.netsvc.sightings import SERVICE_AVAILABLE, SERVICE_WITHDRAWN, Begin, Sightings
from exchange.testing import Network
from exchange.wire.identities import Id

Seen = tuple[str, str | None, int]


def presence(groups: tuple[str, ...]) -> Presence:
    """Return how a service is seen."""
    return Presence(Id(bytes(20)), "a", groups, "*", b"", None)


def test_nothing_is_watched_until_somebody_wants_to_know_and_then_once(network: Network) -> None:
    begun: list[object] = []
    sightings = Sightings(begun.append)
    assert begun == []
    sightings.watch(lambda binding, group, status: None)
    sightings.find(b"")
    assert len(begun) == 1


def test_changes_are_told_one_thing_at_a_time(network: Network) -> None:
    through: Exchange = network.peer()
    seen: list[Seen] = []

    def told(binding: Binding, group: str | None, status: int) -> None:
        seen.append((binding.serviceName(), group, status))

    def begin(changed: object) -> None:
        changes.append(changed)

    changes: list[object] = []
    starts: Begin = begin
    sightings = Sightings(starts)
    sightings.watch(told)
    (changed,) = changes
    assert callable(changed)
    for kind, groups in (("came", ("x",)), ("changed", ("y", "x")), ("changed", ("y",)), ("went", ("y",))):
        changed(Binding(through, presence(groups)), PresenceChange(kind, presence(groups)))
    changed(Binding(through, presence(())), PresenceChange("went", presence(())))
    assert seen == [
        ("a", None, SERVICE_AVAILABLE),
        ("a", "x", SERVICE_AVAILABLE),
        ("a", "y", SERVICE_AVAILABLE),
        ("a", "x", SERVICE_WITHDRAWN),
        ("a", "y", SERVICE_WITHDRAWN),
        ("a", None, SERVICE_WITHDRAWN),
    ]
    sightings.ignore(told)
    sightings.ignore(told)
    changed(Binding(through, presence(())), PresenceChange("came", presence(())))
    assert len(seen) == 6
    found = sightings.find(bytes(20))
    assert found is not None
    assert found.serviceName() == "a"
