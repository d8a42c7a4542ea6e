"""The table of reports and of watching, and the targets of the product beside what was reached."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import NamedTuple

from tests.bench.fanout import Deliveries
from tests.bench.learning import INSTANCES, Learned
from tests.bench.target import Target, verdict_on

OURS, NATS = "exchange", "NATS"
SIZES = [1, 50, 500]
TO_ONE = "deliveries/s to one subscription, in those of NATS"
MILLION = 1e6

BYTES, SECONDS = 2048, 2.0
"""What an instance may cost, and how long ten thousand may take."""


class ReportsRound(NamedTuple):
    """What one round measured: deliveries by system and number of subscriptions, and what it took to learn."""

    deliveries: dict[tuple[str, int], Deliveries]
    learned: Learned


LEARNING = [
    Target("bytes of the hub for each instance known", lambda each: each.learned.hub_bytes, BYTES),
    Target("bytes of a watcher for each instance known", lambda each: each.learned.watcher_bytes, BYTES),
    Target(f"seconds to learn of {INSTANCES:,} instances", lambda each: each.learned.seconds, SECONDS),
]


def reports_lines_of(rounds: list[ReportsRound]) -> Iterator[str]:
    """Yield the table, line by line."""
    yield (
        f"{'load':<12}{'subscribed':>11}  {'system':<11}{'deliveries/s':>13}"
        f"{'publisher':>11}{'hub':>9}{'hearers':>9}{'x NATS':>8}"
    )
    for system, subscriptions in rounds[0].deliveries:
        if system == OURS:
            yield ""
        yield _row(rounds, system, subscriptions)


def reports_verdicts_on(rounds: list[ReportsRound]) -> Iterator[str]:
    """Yield one line for each target."""
    for subscriptions in SIZES:
        if either := list(_deliveries_targets(rounds, subscriptions)):
            yield verdict_on(rounds, *either)
    for target in LEARNING:
        yield verdict_on(rounds, target)


def _deliveries_targets(rounds: list[ReportsRound], subscriptions: int) -> Iterator[Target]:
    text = f"million deliveries/s to {subscriptions} subscriptions"
    ours, other = (OURS, subscriptions), (NATS, subscriptions)
    if subscriptions > 1:
        yield Target(text, lambda each: each.deliveries[ours].rate / MILLION, 2, True)
    if other in rounds[0].deliveries:
        text = "in those of NATS" if subscriptions > 1 else TO_ONE
        yield Target(text, lambda each: each.deliveries[ours].rate / each.deliveries[other].rate, 5, True)


def _row(rounds: list[ReportsRound], system: str, subscriptions: int) -> str:
    mine = [each.deliveries[system, subscriptions] for each in rounds]
    used = {role: median(each.used[role] for each in mine) for role in mine[0].used}
    hub = f"{used['hub']:>9.1f}" if "hub" in used else f"{'-':>9}"
    ratio = f"{'-':>8}"
    if (NATS, subscriptions) in rounds[0].deliveries:
        others = [each.deliveries[NATS, subscriptions] for each in rounds]
        ratio = f"{median(one.rate / other.rate for one, other in zip(mine, others, strict=True)):>8.1f}"
    return (
        f"{'report':<12}{subscriptions:>11}  {system:<11}{median(each.rate for each in mine):>13,.0f}"
        f"{used['publisher']:>11.1f}{hub}{used['hearer']:>9.1f}{ratio}"
    )
