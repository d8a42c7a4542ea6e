"""The rounds of security, and their table: what tokens, a policy and TLS cost calls that are under way."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench.loads import ECHO_64K, SMALL_64, SMALL_ONE, Load
from tests.bench.security_site import FOLDER, TOKEN, WAYS
from tests.bench.system import Figures, System, start_parts
from tests.bench.target import Target, verdict_on
from tests.net.authority import make_files

PLAIN = "plain"
LOADS = [SMALL_ONE, SMALL_64, ECHO_64K]

NAMES = {"token": "tokens", "policy": "policy", "tls": "TLS", "all": "TLS, policy"}
"""What people call each way, besides plain."""

SHARE = 0.9
"""Of its calls/s, which a restricted link keeps."""

SecurityRound = dict[tuple[str, Load], Figures]


def measured_security(rounds: int, seconds: float, say: Callable[[str], None]) -> list[SecurityRound]:
    """Start the systems, measure them, and return what each round gave.

    Args:
        say: Is told of every step.
    """
    with TemporaryDirectory() as folder:
        make_files(Path(folder))
        (Path(folder) / "tokens").write_text(f"press:{TOKEN}\n")
        os.environ[FOLDER] = folder
        systems = [
            System(name, start_parts("security_site", *(f"{role}_{name}" for role in ("hub", "callee", "caller"))))
            for name in WAYS
        ]
        try:
            return [_round(systems, seconds, f"round {number + 1}", say) for number in range(rounds)]
        finally:
            for system in systems:
                system.end()


SECURITY_TARGETS = [
    Target(
        "calls/s over links that a policy restricts, 64 outstanding, in those over links that none does",
        lambda each: each["policy", SMALL_64].rate / each[PLAIN, SMALL_64].rate,
        SHARE,
        True,
    )
]


def security_lines_of(rounds: list[SecurityRound]) -> Iterator[str]:
    """Yield the table, line by line."""
    titles = "".join(f"{title:>11}" for title in ("calls/s", "p50 us", "p99 us", "x plain"))
    yield f"{'load':<12}{'outstanding':>11}  {'way':<12}{titles}"
    for load in LOADS:
        yield ""
        for name in WAYS:
            mine = [each[name, load] for each in rounds]
            ratio = median(each[name, load].rate / each[PLAIN, load].rate for each in rounds)
            figures = f"{median(f.rate for f in mine):>11,.0f}{median(f.p50 for f in mine):>11,.0f}"
            figures += f"{median(f.p99 for f in mine):>11,.0f}{ratio:>11.2f}"
            yield f"{load.name:<12}{load.outstanding:>11}  {NAMES.get(name, name):<12}{figures}"


def security_verdicts_on(rounds: list[SecurityRound]) -> Iterator[str]:
    """Yield one line for each target."""
    for target in SECURITY_TARGETS:
        yield verdict_on(rounds, target)


def _round(systems: list[System], seconds: float, title: str, say: Callable[[str], None]) -> SecurityRound:
    figures: SecurityRound = {}
    for load in LOADS:
        for system in systems:
            say(f"{title}: {load.name}, {load.outstanding} outstanding, {system.name}")
            figures[system.name, load] = system.measure_best(load, seconds)
    return figures
