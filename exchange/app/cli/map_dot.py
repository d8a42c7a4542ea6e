"""A map as a graph in the language of Graphviz: ``exchange map --format dot | dot -Tsvg > map.svg``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from exchange.app.cli.amounts import rate
from exchange.app.cli.columns import harmless
from exchange.app.cli.mapping import REST, Map, Party


def lines_of(found: Map) -> Iterator[str]:
    """Yield the lines of a graph: services are boxes, others who call or hear ovals, hubs hexagons."""
    graph = _Graph()
    for name in found.services():
        graph.service(name, len(found.instances.get(name, ())))
    for (party, name), traffic in sorted(found.calls.items(), key=lambda each: each[0]):
        label = f"{traffic.calls:,}" if traffic.rate is None else f"{rate(traffic.rate)}/s"
        failed = f"\n{traffic.failed:,} failed" if traffic.failures else ""
        graph.edge(graph.party(party), graph.service(name), f"{label}{failed}")
    for (party, name), hearing in sorted(found.hearings.items(), key=lambda each: each[0]):
        graph.edge(graph.service(name), graph.party(party), "\n".join(sorted(hearing.patterns)), 'style="dashed"')
    for hub in found.hubs:
        graph.hub(hub.title)
    for one, other in sorted(found.ways):
        graph.edge(graph.hub(one), graph.hub(other), "", 'dir="none"')
    yield "digraph exchange {"
    yield '  graph [rankdir="LR"];'
    yield '  node [fontname="sans-serif"];'
    yield '  edge [fontname="sans-serif", fontsize="10"];'
    yield from (f"  {line}" for line in graph.lines)
    yield "}"


class _Graph:
    """The nodes and edges; nodes have numbers, for names may be anything."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._numbers = count(1)
        self._nodes: dict[tuple[str, object], str] = {}

    def service(self, name: str, instances: int = 0) -> str:
        told = "others" if name == REST else name
        style = "" if instances else ', style="dashed"'
        label = told if instances == 1 else f"{told}\n{instances} instances"
        return self._node("service", name, label, f'shape="box"{style}')

    def party(self, party: Party) -> str:
        """Return the node of somebody: that of the service which it offers, if it is one."""
        if len(party.offers) == 1 and ("service", party.offers[0]) in self._nodes:
            return self._nodes["service", party.offers[0]]
        is_known = ("party", party) in self._nodes
        node = self._node("party", party, party.title, 'shape="ellipse"')
        if not is_known:
            for name in party.offers:
                self.edge(node, self.service(name), "offers", 'style="dotted"')
        return node

    def hub(self, title: str) -> str:
        return self._node("hub", title, title, 'shape="hexagon"')

    def edge(self, one: str, other: str, label: str, attributes: str = "") -> None:
        given = ", ".join(filter(None, [f"label={quoted(label)}" if label else "", attributes]))
        self.lines.append(f"{one} -> {other}{f' [{given}]' if given else ''};")

    def _node(self, kind: str, key: object, label: str, attributes: str) -> str:
        if (kind, key) not in self._nodes:
            self._nodes[kind, key] = node = f"n{next(self._numbers)}"
            self.lines.append(f"{node} [label={quoted(label)}, {attributes}];")
        return self._nodes[kind, key]


def quoted(text: str) -> str:
    """Return a text as Graphviz reads it; the end of a line is one of the label."""
    lines = (harmless(line).replace("\\", "\\\\").replace('"', '\\"') for line in text.split("\n"))
    label = "\\n".join(lines)
    return f'"{label}"'
