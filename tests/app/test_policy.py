"""The `[[policy]]` tables of a file, and the rules that they are."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from exchange import Rule
from exchange.app.mistakes import Mistakes
from exchange.app.policy import MEASURES, PolicyTable, policy_in, rules_of
from exchange.routing.policy import DEEDS


def test_each_table_is_a_rule_and_texts_are_lists_of_one() -> None:
    tables = policy_in(
        [
            {"principal": "press-*", "offer": "press", "join": ["web-services"], "call": ["a.*", "b.*"]},
            {"subscribe": "history", "watch": "*", "administer": []},
        ],
        "site.toml",
        Mistakes(),
    )

    assert rules_of(tables) == (
        Rule(principal=("press-*",), offer=("press",), join=("web-services",), call=("a.*", "b.*")),
        Rule(principal=("*",), subscribe=("history",), watch=("*",)),
    )


def test_a_rule_says_how_much_too() -> None:
    (rule,) = rules_of(policy_in([{"calls-per-second": 10, "max-instances": 3}], "site.toml", Mistakes()))

    assert rule == Rule(calls_per_second=10.0, max_instances=3)
    assert {"principal", *DEEDS, *MEASURES} == {field.name for field in fields(Rule)}


def test_a_rule_in_a_file_is_about_everybody_and_grants_nothing_unless_it_says_so() -> None:
    assert rules_of([PolicyTable()]) == (Rule(),)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"principal": "x"}, "policy: expected tables such as [[policy]], got {'principal': 'x'}"),
        (["x"], "[[policy]] 1: expected a table, got 'x'"),
        ([{}, {"calls": "x.*"}], "[[policy]] 2 calls: unknown key; did you mean 'call'?"),
        ([{"call": 5}], '[[policy]] 1 call: expected a pattern such as "press-*", or a list of them, got 5'),
        (
            [{"call": ["a.*", 5]}],
            "[[policy]] 1 call: expected a pattern such as \"press-*\", or a list of them, got ['a.*', 5]",
        ),
    ],
)
def test_what_cannot_be_is_told_with_the_place_of_the_rule(given: Any, told: str) -> None:
    mistakes = Mistakes()
    policy_in(given, "site.toml", mistakes)

    assert mistakes.lines == [f"site.toml: {told}"]


def test_all_that_is_wrong_with_the_rules_is_told() -> None:
    mistakes = Mistakes()
    tables = policy_in([{"cal": "x"}, {"call": "y"}, {"principal": 5, "offer": 6}], "site.toml", mistakes)

    assert [line.partition(":")[2].partition(":")[0] for line in mistakes.lines] == [
        " [[policy]] 1 cal",
        " [[policy]] 3 principal",
        " [[policy]] 3 offer",
    ]
    assert tables[1].call == "y"
