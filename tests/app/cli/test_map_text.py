"""A map as people read it."""

from __future__ import annotations

from exchange.app.cli.map_text import lines_of, told_of
from exchange.app.cli.mapping import Map, Party, Traffic
from tests.app.cli.test_mapping import found

__all__ = ["found"]


def test_each_service_comes_with_who_calls_and_hears_it_then_the_hubs(found: Map) -> None:
    assert list(lines_of(found, 62.0)) == [
        "math: 2 instances at hub paris, hub rome",
        "  called by shop (2 processes): 15 calls, 4 failed (3 of error 57, 1 cancelled), 50 ms, last 2 s ago",
        "  called by desk: 1 call, 0 ms, last 12 s ago",
        "press: 0 instances",
        "  heard by shop: a.*, b",
        "shop: 0 instances",
        "  called by d4: 2 calls, 0 ms, last 12 s ago",
        "1 process watching who comes and goes",
        "hub rome: linked with paris",
        "hub paris: linked with rome; did not tell: did not answer",
    ]


def test_rates_are_told_if_they_were_looked_at() -> None:
    assert told_of(Traffic(calls=1200, rate=0.25), 0.0) == "1,200 calls, 0.25 a second, 0 ms"


def test_what_was_too_much_to_be_told_apart_is_said_so() -> None:
    made = Map(calls={(Party((), "", "x"), ""): Traffic(calls=1)})

    assert next(lines_of(made, 0.0)) == "other services, which were too many to be told apart, or are not there"
