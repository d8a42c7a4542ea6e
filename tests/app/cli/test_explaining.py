"""What a hub told, in sentences, and as an exit status."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.app.cli.explaining import sentences_of, status_of_told
from exchange.app.cli.status import Status

INSTANCE: dict[str, Any] = {
    "id": "h7Qkz2aV.3",
    "at": "exchange h7Qkz2aV",
    "principal": "workers",
    "audience": "*",
    "path": [],
    "reached": True,
    "leaving": False,
    "congested": False,
    "suspected": False,
}
TOLD: dict[str, Any] = {
    "hub": "hub rome (abc)",
    "group": "",
    "principal": "bob",
    "links": 1,
    "granted": True,
    "rules": 0,
    "rule": 0,
    "said": {},
    "applying": [],
    "instances": [INSTANCE],
    "count": 1,
    "departure": None,
}
GONE = TOLD | {"instances": [], "count": 0}
NOW = 1_000_000.0


def sentences(deed: str = "call", thing: str = "math.multiply", **changes: Any) -> list[str]:
    return list(sentences_of(TOLD | changes, deed, thing, NOW))


def test_the_answer_comes_first_then_who_asks_and_who_is_there() -> None:
    assert sentences() == [
        "bob may call math.multiply at hub rome (abc): it has no rules, so everybody may everything",
        "bob has 1 link here",
        "1 named 'math':",
        "  h7Qkz2aV.3 at exchange h7Qkz2aV, as workers",
    ]


def test_what_is_remarkable_of_an_instance_is_told() -> None:
    odd = INSTANCE | {
        "principal": None,
        "path": ["plant"],
        "reached": False,
        "audience": "",
        "leaving": True,
        "congested": True,
        "suspected": True,
    }
    assert sentences(instances=[odd], count=3)[2:] == [
        "3 named 'math':",
        "  h7Qkz2aV.3 at exchange h7Qkz2aV, through 'plant', not reached: its audience '' keeps it within its process, "
        "which is leaving, which cannot keep up, which is silent",
        "  and 2 more",
    ]


@pytest.mark.parametrize(
    ("ago", "reason", "told"),
    [
        (5, "withdrawn", "5 seconds ago (1970-01-12 13:46:35 UTC): its owner withdrew it"),
        (1, "lost", "1 second ago (1970-01-12 13:46:39 UTC): the link to it was lost"),
        (150, "lost", "2 minutes ago (1970-01-12 13:44:10 UTC): the link to it was lost"),
        (9000, "drained", "2 hours ago (1970-01-12 11:16:40 UTC): its process left in good order"),
        (200_000, "odd", "2 days ago (1970-01-10 06:13:20 UTC): odd"),
        (-3, "lost", "0 seconds ago (1970-01-12 13:46:43 UTC): the link to it was lost"),
    ],
)
def test_of_a_name_that_nobody_offers_it_is_told_when_it_went_and_why(ago: float, reason: str, told: str) -> None:
    changes: dict[str, Any] = {
        "instances": [],
        "count": 0,
        "departure": {"when": NOW - ago, "reason": reason},
        "group": "plant",
    }

    assert sentences(**changes)[2:] == [f"nobody named 'math' is known in exchange group 'plant'; the last went {told}"]


def test_of_a_name_that_was_never_there_it_is_told_where_else_it_may_be() -> None:
    assert sentences(links=0, instances=[], count=0)[1:] == [
        "nobody is linked here as bob",
        "nobody named 'math' is known in this exchange group; the hub remembers nobody of that name",
        "if it runs in another group, a bridge must join the two, and its audience be '*' or the name of this",
    ]
    (_, _, line) = sentences("join", "web-services", instances=[], count=0)
    assert line.startswith("nobody in service group 'web-services' is known")


@pytest.mark.parametrize(
    ("deed", "told", "status"),
    [
        ("call", TOLD, Status.FINE),
        ("call", TOLD | {"granted": False}, Status.DENIED),
        ("call", GONE, Status.NO_SUCH_NAME),
        ("subscribe", TOLD | {"instances": [INSTANCE | {"reached": False}]}, Status.NO_SUCH_NAME),
        ("offer", GONE, Status.FINE),
        ("call", {"granted": True}, Status.FINE),
    ],
)
def test_the_exit_status_says_the_same(deed: str, told: dict[str, Any], status: Status) -> None:
    assert status_of_told(told, deed) is status
