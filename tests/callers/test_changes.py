"""Changes that wait to be read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exchange import Presence, PresenceChange
from exchange.callers.changes import Changes, settled
from exchange.wire.identities import Id


def change(kind: str, name: str, version: int = 0) -> PresenceChange:
    presence = Presence(Id(name.encode()), name, (str(version),), "*", b"", None)
    return PresenceChange(kind, presence, "lost" if kind == "went" else "")


def told(*changes: tuple[str, str]) -> list[tuple[str, str]]:
    return [(each.kind, each.instance.name) for each in settled(change(*each) for each in changes)]


def test_each_change_is_told_while_not_many_wait() -> None:
    changes = Changes()
    story = [change("came", "math"), change("changed", "math"), change("went", "math"), change("came", "math")]
    for each in story:
        changes.put(each)

    assert [changes.pop() for _ in range(len(changes))] == story


def test_what_came_and_went_is_settled_to_nothing() -> None:
    assert told(("came", "math"), ("changed", "math"), ("went", "math")) == []


def test_what_went_and_came_back_is_told_as_both() -> None:
    assert told(("changed", "math"), ("went", "math"), ("came", "math")) == [("went", "math"), ("came", "math")]
    assert told(("went", "math"), ("came", "math"), ("went", "math")) == [("went", "math")]


def test_of_what_changed_the_last_is_told() -> None:
    (last,) = settled([change("came", "math", 1), change("changed", "math", 2)])
    assert (last.kind, last.instance.groups) == ("came", ("2",))
    (last,) = settled([change("changed", "math", 1), change("changed", "math", 2)])
    assert (last.kind, last.instance.groups) == ("changed", ("2",))


def test_too_many_are_settled_and_the_rest_is_in_order() -> None:
    changes = Changes(limit=3)
    for each in (("went", "a"), ("came", "b"), ("came", "c"), ("went", "b")):
        changes.put(change(*each))

    assert [(each.kind, each.instance.name) for each in (changes.pop(), changes.pop())] == [
        ("went", "a"),
        ("came", "c"),
    ]
    assert len(changes) == 0


def test_nothing_is_lost_of_more_instances_than_there_is_room_for() -> None:
    changes = Changes(limit=2)
    for number in range(50):
        changes.put(change("came", str(number)))

    assert [changes.pop().instance.name for _ in range(len(changes))] == [str(number) for number in range(50)]


def test_what_is_forgotten_is_not_told() -> None:
    changes = Changes()
    changes.put(change("came", "math"))
    changes.clear()
    assert len(changes) == 0


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=60), st.integers(1, 5), st.sets(st.integers())
)
def test_however_late_somebody_reads_the_picture_is_true_in_the_end(
    moves: list[tuple[str, bool]], limit: int, reads: set[int]
) -> None:
    changes = Changes(limit)
    truth: dict[str, int] = {}
    seen: dict[str, int] = {}

    def read() -> None:
        kind, presence, _ = changes.pop()
        if kind == "went":
            del seen[presence.name]
        else:
            assert (kind == "came") == (presence.name not in seen)
            seen[presence.name] = int(presence.groups[0])

    for version, (name, goes) in enumerate(moves):
        if not goes:
            kind = "changed" if name in truth else "came"
            truth[name] = version
            changes.put(change(kind, name, version))
        elif truth.pop(name, None) is not None:
            changes.put(change("went", name))
        if version in reads and len(changes):
            read()
        assert len(changes) <= max(limit, 12)
    while len(changes):
        read()

    assert seen == truth
