"""A map as people read it: each service, who calls it and who hears it; then the hubs."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.app.cli.amounts import rate, several
from exchange.app.cli.mapping import REST, Hearing, Map, Party, Traffic
from exchange.app.cli.units import milliseconds, span


def lines_of(found: Map, now: float) -> Iterator[str]:
    """Yield the lines of a map.

    Args:
        now: In seconds since 1970.
    """
    for name in found.services():
        yield _service(found, name)
        for party, traffic in found.callers(name):
            yield f"  called by {_who(party, len(traffic.processes))}: {told_of(traffic, now)}"
        for party, hearing in found.hearers(name):
            yield f"  heard by {_who(party, len(hearing.processes))}: {patterns_of(hearing)}"
    if found.watching:
        yield f"{several(len(found.watching), 'process', 'processes')} watching who comes and goes"
    for hub in found.hubs:
        others = sorted({end for way in found.ways if hub.title in way for end in way if end != hub.title})
        linked = f"linked with {', '.join(others)}" if others else "the only hub"
        silence = f"; did not tell: {found.silent[hub.title]}" if hub.title in found.silent else ""
        yield f"hub {hub.title}: {linked}{silence}"


def told_of(traffic: Traffic, now: float) -> str:
    """Return what is said of somebody's calls."""
    parts = [several(traffic.calls, "call")]
    if traffic.failures:
        kinds = ", ".join(f"{count:,} {_failure(kind)}" for kind, count in sorted(traffic.failures.items()))
        parts.append(f"{traffic.failed:,} failed ({kinds})")
    if traffic.rate is not None:
        parts.append(f"{rate(traffic.rate)} a second")
    if traffic.mean is not None:
        parts.append(milliseconds(traffic.mean))
    if traffic.last:
        parts.append(f"last {span(now - traffic.last)} ago")
    return ", ".join(parts)


def patterns_of(hearing: Hearing) -> str:
    """Return the patterns of somebody's subscriptions."""
    return ", ".join(sorted(hearing.patterns))


def _service(found: Map, name: str) -> str:
    if name == REST:
        return "other services, which were too many to be told apart, or are not there"
    there = found.instances.get(name, ())
    places = sorted({str(row.get("at")) for row in there})
    return f"{name}: {several(len(there), 'instance')}{' at ' if places else ''}{', '.join(places)}"


def _who(party: Party, processes: int) -> str:
    return f"{party.title} ({processes:,} processes)" if processes > 1 else party.title


def _failure(kind: str) -> str:
    return f"of error {kind}" if kind.isdigit() else kind
