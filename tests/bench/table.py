"""The table: medians of several rounds, and the targets of the product beside what was reached."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from tests.bench.loads import SMALL_64, SMALL_ONE, Load
from tests.bench.system import Figures
from tests.bench.target import Target, verdict_on

OURS, FAST, TWO_HUBS, AMP, PB = "exchange", "with uvloop", "two hubs", "AMP direct", "PB direct"
RELAY, NATS = "bare relay", "NATS"

Round = dict[tuple[str, Load], Figures]
"""Of each system and load, what one round measured."""


TARGETS = [
    Target(
        "calls/s with 64 outstanding, in those of AMP direct",
        lambda each: each[OURS, SMALL_64].rate / each[AMP, SMALL_64].rate,
        4.0,
        True,
    ),
    Target(
        "microseconds of the hub per small call, 64 outstanding",
        lambda each: each[OURS, SMALL_64].used["hub"],
        6.0,
    ),
    Target(
        "p50 with one outstanding, in that of the bare relay",
        lambda each: each[OURS, SMALL_ONE].p50 / each[RELAY, SMALL_ONE].p50,
        1.5,
    ),
]

HOP_TARGETS = [
    Target(
        "calls/s through two hubs with 64 outstanding, in those through one",
        lambda each: each[TWO_HUBS, SMALL_64].rate / each[OURS, SMALL_64].rate,
        0.7,
        True,
    ),
    Target(
        "p50 through two hubs with 64 outstanding, in that through one",
        lambda each: each[TWO_HUBS, SMALL_64].p50 / each[OURS, SMALL_64].p50,
        1.6,
    ),
    Target(
        "p50 through two hubs with one outstanding, in that through one",
        lambda each: each[TWO_HUBS, SMALL_ONE].p50 / each[OURS, SMALL_ONE].p50,
        1.6,
    ),
]


def lines_of(rounds: list[Round]) -> Iterator[str]:
    """Yield the table, line by line."""
    yield (
        f"{'load':<12}{'outstanding':>11}  {'system':<11}{'calls/s':>9}{'p50 us':>9}{'p99 us':>9}"
        f"{'caller':>9}{'between':>9}{'callee':>9}{'x AMP':>8}{'x relay':>9}{'x NATS':>8}"
    )
    for name, load in rounds[0]:
        if name == OURS:
            yield ""
        yield _row(rounds, name, load)


def verdicts_on(rounds: list[Round]) -> Iterator[str]:
    """Yield one line for each target of what was measured."""
    for target in (*(TARGETS if (AMP, SMALL_64) in rounds[0] else ()), *HOP_TARGETS):
        yield verdict_on(rounds, target)


def _row(rounds: list[Round], name: str, load: Load) -> str:
    mine = [each[name, load] for each in rounds]
    used = {role: median(figures.used[role] for figures in mine) for role in mine[0].used}
    between = [spent for role, spent in used.items() if role not in ("caller", "callee")]
    return (
        f"{load.name:<12}{load.outstanding:>11}  {name:<11}{median(f.rate for f in mine):>9,.0f}"
        f"{median(f.p50 for f in mine):>9,.0f}{median(f.p99 for f in mine):>9,.0f}"
        f"{used['caller']:>9.1f}{_or_dash(sum(between) if between else None, 9, 1)}{used['callee']:>9.1f}"
        f"{_or_dash(_ratio(rounds, name, AMP, load), 8, 2)}{_or_dash(_ratio(rounds, name, RELAY, load), 9, 2)}"
        f"{_or_dash(_ratio(rounds, name, NATS, load), 8, 2)}"
    )


def _ratio(rounds: list[Round], name: str, other: str, load: Load) -> float | None:
    """Return calls/s in those of another system in the same round, which a busy machine disturbs less."""
    ratios = [each[name, load].rate / each[other, load].rate for each in rounds if (other, load) in each]
    return median(ratios) if ratios else None


def _or_dash(figure: float | None, width: int, digits: int) -> str:
    return f"{'-':>{width}}" if figure is None else f"{figure:>{width}.{digits}f}"
