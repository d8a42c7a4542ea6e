"""A map as a graph for Graphviz."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.app.cli.map_dot import lines_of, quoted
from exchange.app.cli.mapping import Hearing, Map, Party, Traffic
from tests.app.cli.test_mapping import found

__all__ = ["found"]

TEXT = r'"(?:[^"\\\n]|\\["\\n])*"'
ATTRIBUTE = rf"\w+={TEXT}"
ATTRIBUTES = rf"\[{ATTRIBUTE}(?:, {ATTRIBUTE})*\]"
LINE = re.compile(rf"  (?:graph|node|edge|n\d+|n\d+ -> n\d+)(?: {ATTRIBUTES})?;")


def assert_graph(lines: list[str]) -> None:
    """Assert that the lines are of the grammar, as far as we use it, and each edge is between nodes that are there."""
    assert (lines[0], lines[-1]) == ("digraph exchange {", "}")
    assert [line for line in lines[1:-1] if not LINE.fullmatch(line)] == []
    made: set[str] = set()
    for line in lines:
        if edge := re.match(r"  (n\d+) -> (n\d+)", line):
            assert {edge[1], edge[2]} <= made
        elif node := re.match(r"  (n\d+) ", line):
            assert node[1] not in made
            made.add(node[1])


def test_services_are_nodes_that_call_each_other_and_others_are_too(found: Map) -> None:
    lines = list(lines_of(found))

    assert_graph(lines)
    assert lines[4:] == [
        '  n1 [label="math\\n2 instances", shape="box"];',
        '  n2 [label="press\\n0 instances", shape="box", style="dashed"];',
        '  n3 [label="shop\\n0 instances", shape="box", style="dashed"];',
        '  n4 [label="d4", shape="ellipse"];',
        '  n4 -> n3 [label="2"];',
        '  n5 [label="desk", shape="ellipse"];',
        '  n5 -> n1 [label="1"];',
        '  n3 -> n1 [label="15\\n4 failed"];',
        '  n2 -> n3 [label="a.*\\nb", style="dashed"];',
        '  n6 [label="rome", shape="hexagon"];',
        '  n7 [label="paris", shape="hexagon"];',
        '  n7 -> n6 [dir="none"];',
        "}",
    ]


def test_who_offers_several_services_is_a_node_beside_them() -> None:
    party = Party(("a", "b"), "", "")
    made = Map(calls={(party, "c"): Traffic(calls=1, rate=2.5)}, instances={"a": [{}], "b": [{}]})

    lines = list(lines_of(made))

    assert_graph(lines)
    assert '  n4 [label="a, b", shape="ellipse"];' in lines
    assert '  n4 -> n1 [label="offers", style="dotted"];' in lines
    assert '  n4 -> n3 [label="2.5/s"];' in lines


TEXTS = st.text(max_size=8) | st.sampled_from(['"', "\\", "\\n", "\n", "a", "\x1b[2J", "->"])
PARTIES = st.builds(Party, st.lists(TEXTS, max_size=2).map(tuple), TEXTS, TEXTS)


@settings(max_examples=60)
@given(st.lists(st.tuples(PARTIES, TEXTS)), st.lists(st.tuples(PARTIES, TEXTS, st.sets(TEXTS))))
def test_whatever_names_are_it_is_a_graph(
    calls: list[tuple[Party, str]], hearings: list[tuple[Party, str, set[str]]]
) -> None:
    made = Map(
        calls={each: Traffic(calls=1, failures={"57": 1}) for each in calls},
        hearings={(party, name): Hearing(patterns) for party, name, patterns in hearings},
    )

    assert_graph(list(lines_of(made)))


def test_a_label_commands_neither_graphviz_nor_a_terminal() -> None:
    assert quoted('a"b\\c\nd\te\x1b') == '"a\\"b\\\\c\\nd\\\\te\\\\x1b"'
