"""Presences: how an instance is shown, and how `$exchange` reports it."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.routing.registry import About, Instance, Way
from exchange.services.presence import (
    Presence,
    content_of,
    presence_from,
    presence_of,
    subject_of,
    thing_from,
)
from exchange.wire.identities import identity_of, make_id
from tests.routing.recorder import Recorder

MAKER = identity_of(bytes(32))
THING = make_id(MAKER, 16)
PRESENCE = Presence(THING, "math", ("tools",), "*", b"d", "ann")


def test_an_instance_is_shown_by_what_is_announced_of_it() -> None:
    about = About("math", ("tools",), "*", b"d", "ann", ("plant",))
    port = Recorder("far")
    instance = Instance(THING, Way(port, 1, about, MAKER))
    assert presence_of(instance) == PRESENCE._replace(path=("plant",))
    port.suspected = True
    assert presence_of(instance) == PRESENCE._replace(path=("plant",), suspected=True)


def test_a_presence_knows_where_it_lives_and_how_people_call_it() -> None:
    assert PRESENCE.identity == MAKER
    assert str(PRESENCE) == "math (Zmh6rfhi.16)"


def test_what_is_reported_of_an_instance_is_understood() -> None:
    assert presence_from(subject_of(THING), content_of(PRESENCE)) == PRESENCE
    assert thing_from(subject_of(THING)) == THING


def test_only_of_one_that_is_suspected_it_is_reported() -> None:
    suspected = PRESENCE._replace(suspected=True)
    assert presence_from(subject_of(THING), content_of(suspected)) == suspected
    assert "suspected" not in content_of(PRESENCE)


def test_the_path_is_reported_of_those_that_came_by_a_bridge() -> None:
    bridged = PRESENCE._replace(path=("store", "plant"))
    assert presence_from(subject_of(THING), content_of(bridged)) == bridged
    assert "path" not in content_of(PRESENCE)


def test_of_what_is_not_reported_the_usual_is_assumed() -> None:
    assert presence_from(subject_of(THING), {"name": "math"}) == Presence(THING, "math", (), "*", b"", None)


def test_what_later_versions_report_besides_does_not_matter() -> None:
    assert presence_from(subject_of(THING), content_of(PRESENCE) | {"mood": "fine"}) == PRESENCE


@pytest.mark.parametrize("content", [None, {"reason": "withdrawn"}, {}, 5, [1]])
def test_a_report_without_a_name_says_that_it_went(content: Any) -> None:
    assert presence_from(subject_of(THING), content) is None


@pytest.mark.parametrize(
    "content",
    [
        {"name": 5},
        {"name": "math", "groups": [5]},
        {"name": "math", "audience": None},
        {"name": "math", "digest": "text"},
        {"name": "math", "principal": 5},
        {"name": "math", "groups": "tools"},
        {"name": "math", "suspected": 1},
        {"name": "math", "path": "plant"},
        {"name": "math", "path": [5]},
    ],
)
def test_a_report_that_is_not_what_it_must_be_is_refused(content: Any) -> None:
    with pytest.raises(ValueError, match="is not what it must be"):
        presence_from(subject_of(THING), content)


@pytest.mark.parametrize("subject", ["instance.", "instance.00", "weather.", "weather." + THING.hex(), "", THING.hex()])
def test_a_subject_without_an_id_is_refused(subject: str) -> None:
    with pytest.raises(ValueError, match=f"'{subject}' is no subject about an instance"):
        thing_from(subject)


def test_an_id_that_is_not_hexadecimal_is_refused() -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        thing_from("instance." + 40 * "x")
