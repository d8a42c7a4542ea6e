"""The table of the gateways, and the targets of the product beside what was reached."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from tests.bench.loads import SMALL_64, SMALL_ONE, Load
from tests.bench.system import Figures
from tests.bench.target import Target, verdict_on

PLAIN = "twisted.web"
"""`twisted.web.xmlrpc`, which calls a method of its own process."""

FLOOR = "bare chain"
"""The same before the bare relay and an echo: what four processes cost with no exchange at all."""

SHARE = 0.6
"""Of its calls/s, which a gateway must reach."""

HELD = ("XML-RPC", "JSON-RPC")
"""The protocols that are held to that."""

ROLES = ("gateway", "hub", "callee")

FLOOR_ROLES = ("chained", "relay", "callee")
"""Who does the same in the bare chain."""

GatewaysRound = dict[tuple[str, Load], Figures]
"""Of each protocol and load, what one round measured."""


def gateways_lines_of(rounds: list[GatewaysRound]) -> Iterator[str]:
    """Yield the table, line by line."""
    yield (
        f"{'load':<12}{'connections':>11}  {'system':<11}{'calls/s':>9}{'p50 us':>9}{'p99 us':>9}"
        f"{'caller':>9}{'gateway':>9}{'hub':>9}{'callee':>9}{'x twisted.web':>15}"
    )
    begun: Load | None = None
    for name, load in rounds[0]:
        if load != begun:
            begun = load
            yield ""
        yield _row(rounds, name, load)


def gateways_verdicts_on(rounds: list[GatewaysRound]) -> Iterator[str]:
    """Yield one line for each target."""
    for target in GATEWAY_TARGETS:
        yield verdict_on(rounds, target)


def _target(name: str, load: Load, connections: str) -> Target:
    text = f"calls/s by {name} over {connections}, in those of twisted.web.xmlrpc with no hub"
    return Target(text, lambda each: each[name, load].rate / each[PLAIN, load].rate, SHARE, True)


GATEWAY_TARGETS = [
    _target(name, load, connections)
    for name in HELD
    for load, connections in ((SMALL_ONE, "one connection"), (SMALL_64, "64 connections"))
]


def _row(rounds: list[GatewaysRound], name: str, load: Load) -> str:
    mine = [each[name, load] for each in rounds]
    used = {role: median(figures.used[role] for figures in mine) for role in mine[0].used}
    *served, caller = used.values()
    roles = FLOOR_ROLES if name == FLOOR else ROLES
    by_role = served if name == PLAIN else [used[role] for role in roles]
    ratio = median(each[name, load].rate / each[PLAIN, load].rate for each in rounds)
    return (
        f"{load.name:<12}{load.outstanding:>11}  {name:<11}{median(f.rate for f in mine):>9,.0f}"
        f"{median(f.p50 for f in mine):>9,.0f}{median(f.p99 for f in mine):>9,.0f}{caller:>9.1f}"
        f"{''.join(f'{spent:>9.1f}' for spent in by_role):<27}{ratio:>15.2f}"
    )
