"""What happened between two looks at a hub: calls a second, failures, latencies, bytes a second."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, zip_longest
from typing import Any, NamedTuple

Row = dict[str, Any]

CARRIED = ("frames_in", "bytes_in", "frames_out", "bytes_out")

REPLY = "reply"
"""The outcome of a call that has a result."""

CANCELLED = "cancelled"


class Look(NamedTuple):
    """What one or several hubs said at one time.

    Attributes:
        seconds: When; of a clock that only goes forward.
        services: By name, what is counted of it, of all hubs together.
        links: By hub and id, as hubs tell of them.
    """

    seconds: float
    services: Mapping[str, Row]
    links: Mapping[tuple[str, str], Row]


def services_of(metrics: Iterable[Row]) -> dict[str, Row]:
    """Return what several hubs count of services, added up."""
    found: dict[str, Row] = {}
    for each in metrics:
        services = each.get("services")
        for name, counted in (services if isinstance(services, dict) else {}).items():
            found[name] = _added(found[name], counted) if name in found else counted
    return found


def service_rows(before: Look, now: Look) -> list[Row]:
    """Return a row for each service that is known, the one with most calls a second first."""
    seconds = max(now.seconds - before.seconds, 1e-9)
    rows = [_service(name, before.services.get(name, {}), counted, seconds) for name, counted in now.services.items()]
    return sorted(rows, key=lambda row: (-row["rate"], -row["calls"], row["name"]))


def link_rows(before: Look, now: Look) -> list[Row]:
    """Return a row for each link, the one with most traffic first."""
    seconds = max(now.seconds - before.seconds, 1e-9)
    rows = []
    for key, link in now.links.items():
        earlier = before.links.get(key, {})
        moved = {
            way: _since(earlier, link, way) / seconds for way in ("frames_in", "bytes_in", "frames_out", "bytes_out")
        }
        told = {name: link.get(name) for name in ("name", "principal", "offers", "queued", "owing", "asking")}
        rows.append({"hub": key[0], "id": key[1], **told, **moved})
    return sorted(rows, key=lambda row: (-(row["bytes_in"] + row["bytes_out"]), row["hub"], row["id"]))


def quantile(bounds: Sequence[float], buckets: Sequence[int], part: float) -> float | None:
    """Return how long so many of the answers took at most, as well as buckets can tell; ``None`` if there are none."""
    total = sum(buckets)
    if not total:
        return None
    wanted = part * total
    below = 0.0
    for bound, reached, count in zip_longest(bounds, accumulate(buckets), buckets):
        if reached >= wanted:
            if bound is None:
                return below
            return below + (bound - below) * (1 - (reached - wanted) / count)
        below = bound if bound is not None else below
    return below


def _service(name: str, before: Row, now: Row, seconds: float) -> Row:
    buckets = [each - earlier for each, earlier in zip_longest(_list(now), _list(before), fillvalue=0)]
    answers, bounds = sum(buckets), now.get("bounds") or ()
    outcomes = {kind: _since(_outcomes(before), _outcomes(now), kind) for kind in _outcomes(now)}
    failures = {kind: count for kind, count in outcomes.items() if kind != REPLY and count}
    took = _since(before, now, "seconds")
    return {
        "name": name,
        "rate": _since(before, now, "calls") / seconds,
        "errors": sum(count for kind, count in failures.items() if kind != CANCELLED) / seconds,
        "mean": took / answers if answers else None,
        "p50": quantile(bounds, buckets, 0.5),
        "p99": quantile(bounds, buckets, 0.99),
        "calls": now.get("calls", 0),
        "failures": failures,
    }


def _since(before: Mapping[str, Any], now: Mapping[str, Any], key: str) -> Any:
    """Return by how much a count has grown; a hub that was started again counts from 0."""
    later, earlier = now.get(key) or 0, before.get(key) or 0
    return later - earlier if later >= earlier else later


def _added(one: Row, other: Row) -> Row:
    outcomes = dict(_outcomes(one))
    for kind, count in _outcomes(other).items():
        outcomes[kind] = outcomes.get(kind, 0) + count
    return {
        "calls": (one.get("calls") or 0) + (other.get("calls") or 0),
        "seconds": (one.get("seconds") or 0) + (other.get("seconds") or 0),
        "outcomes": outcomes,
        "bounds": one.get("bounds"),
        "buckets": [sum(pair) for pair in zip_longest(_list(one), _list(other), fillvalue=0)],
    }


def _list(counted: Row) -> list[int]:
    return list(counted.get("buckets") or ())


def _outcomes(counted: Row) -> Mapping[str, int]:
    return counted.get("outcomes") or {}
