"""What a hub remembers of names that nobody offers any more."""

from __future__ import annotations

from exchange.services.departures import MOST_NAMES, Departure, Departures


def test_the_last_departure_of_a_name_is_known_until_it_comes_again() -> None:
    departures = Departures()

    departures.went("math", 5.0, "lost")
    departures.went("math", 7.0, "withdrawn")
    assert departures.of("math") == Departure(7.0, "withdrawn")
    departures.came("math")

    assert departures.of("math") is None
    assert len(departures) == 0


def test_of_too_many_names_the_one_that_went_first_is_forgotten() -> None:
    departures = Departures()
    for number in range(MOST_NAMES):
        departures.went(f"name-{number}", 1.0, "lost")
    departures.went("name-0", 2.0, "lost")

    departures.went("more", 3.0, "lost")

    assert len(departures) == MOST_NAMES
    assert departures.of("name-1") is None
    assert departures.of("name-0") == Departure(2.0, "lost")
