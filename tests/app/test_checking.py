"""How values are checked against tables, and what is said of those that do not fit."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.app.checking import changed_table, checked_table, nearest, shown
from exchange.app.mistakes import ConfigurationErrors
from exchange.app.tables import SHORTEST_PATIENCE, HubTable, LimitsTable, ServiceTable
from exchange.errors import ConfigurationError
from exchange.services import exchange


def test_a_table_is_made_of_keys_as_people_write_them() -> None:
    assert checked_table(HubTable, {"dead-after": 60}, "here") == HubTable(dead_after=60.0)
    assert checked_table(ServiceTable, {"class": "m:C"}, "here").class_path == "m:C"


def test_text_is_no_number_in_a_file_but_is_one_in_an_option() -> None:
    with pytest.raises(ConfigurationError, match="here max-calls: expected a whole number above 0, got '5'"):
        checked_table(LimitsTable, {"max-calls": "5"}, "here")

    assert changed_table(LimitsTable(), {"max_calls": ("5", "--max-calls")}).max_calls == 5


def test_a_change_leaves_everything_else_as_it_was() -> None:
    before = HubTable(name="rome", heartbeat=2.0)

    assert changed_table(before, {"group": ("plant", "--group")}) == HubTable(name="rome", heartbeat=2.0, group="plant")
    assert changed_table(before, {}) == before


def test_a_change_that_cannot_be_is_named_by_where_it_was_given() -> None:
    with pytest.raises(ConfigurationError, match=r"^EXCHANGE_MAX_CALLS: expected a whole number above 0, got '-5'$"):
        changed_table(LimitsTable(), {"max_calls": ("-5", "EXCHANGE_MAX_CALLS")})


def test_values_that_do_not_agree_with_one_another_are_refused_together() -> None:
    with pytest.raises(ConfigurationError, match=r"^--dead-after \(4\) must be at least 1\.5 times heartbeat \(3\)$"):
        changed_table(HubTable(heartbeat=3.0), {"dead_after": ("4", "--dead-after")})


def test_what_does_not_agree_is_told_with_all_else_unless_it_is_about_a_value_that_nobody_gave() -> None:
    with pytest.raises(ConfigurationErrors) as told:
        checked_table(LimitsTable, {"hard-limit": 1, "max-frme": 3, "max-calls": "x"}, "here")
    assert [line.partition(":")[0] for line in told.value.lines] == ["here max-frme", "here max-calls", "here"]
    assert "hard-limit (1)" in told.value.lines[-1]

    with pytest.raises(ConfigurationErrors) as told:
        checked_table(HubTable, {"dead-after": 11, "heartbeat": "x"}, "here")
    assert len(told.value.lines) == 1


def test_file_and_exchange_agree_on_how_patient_one_must_be() -> None:
    assert SHORTEST_PATIENCE == exchange.SHORTEST_PATIENCE


def test_the_nearest_known_word_is_offered_or_all_of_them() -> None:
    assert nearest("listten", ["name", "listen"]) == "; did you mean 'listen'?"
    assert nearest("xyz", ["name", "listen"]) == "; known here: name, listen"
    assert nearest("xyz", []) == ""


def test_a_value_is_shown_as_it_is_written_but_not_at_any_length() -> None:
    assert shown("a") == "'a'"
    assert shown([1]) == "[1]"
    assert len(shown("x" * 1000)) < 70


def test_what_stands_too_deep_is_refused_as_anything_else_is() -> None:
    endless: list[Any] = []
    for _ in range(100_000):
        endless = [endless]

    with pytest.raises(ConfigurationError, match="here name: expected .*, got lists and tables that stand one in"):
        checked_table(HubTable, {"name": endless}, "here")


@pytest.mark.parametrize("value", ["a\0b", ["tcp:1", "a\0b"]])
def test_no_text_has_a_character_that_no_path_may_have(value: object) -> None:
    with pytest.raises(ConfigurationError, match=r"here listen: expected .*, got .*a\\x00b"):
        checked_table(HubTable, {"listen": value}, "here")
