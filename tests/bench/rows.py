"""A part of the bench whose table has a row for each system, and what all of these have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import NamedTuple

from tests.bench.nats_server import missing
from tests.bench.target import Target, verdict_on

OURS, FAST, NATS = "exchange", "with uvloop", "NATS"

Row = dict[str, float]
Rows = dict[str, Row]
"""What one round measured: by system, by what is measured."""


class RowsPart(NamedTuple):
    """A part that ``--only`` names.

    Attributes:
        title: Stands above the names of the systems.
        columns: What is measured, and how many digits of it are shown.
        round: Starts every system, measures it for so many seconds, and ends it; it is told whom to tell.
        targets: What is to be reached; those that compare with another system only if that was measured.
    """

    title: str
    columns: dict[str, int]
    round: Callable[[float, Callable[[str], None]], Rows]
    targets: Sequence[tuple[Target, Sequence[str]]]

    def measured(self, rounds: int, seconds: float, say: Callable[[str], None]) -> list[Rows]:
        """Measure, and return what each round gave."""
        found = []
        for number in range(rounds):
            title = f"round {number + 1}: {self.title}"
            found.append(self.round(seconds, lambda system, title=title: say(f"{title}, {system}")))  # type: ignore[misc]
        return found

    def lines_of(self, rounds: list[Rows]) -> Iterator[str]:
        """Yield the table, line by line."""
        yield f"{self.title:<42}" + "".join(f"{name:>16}" for name in self.columns)
        for system in rounds[0]:
            figures = {name: median(each[system][name] for each in rounds) for name in self.columns}
            yield f"{system:<42}" + "".join(f"{figures[name]:>16,.{digits}f}" for name, digits in self.columns.items())

    def verdicts_on(self, rounds: list[Rows]) -> Iterator[str]:
        """Yield one line for each target of what was measured."""
        for target, systems in self.targets:
            if all(system in rounds[0] for system in systems):
                yield verdict_on(rounds, target)


def beside_nats(text: str, column: str, bound: float, ours: str = OURS) -> tuple[Target, Sequence[str]]:
    """Return the target that a figure is at most this share of what it is with NATS."""
    target = Target(f"{text}, in that of NATS", lambda each: each[ours][column] / each[NATS][column], bound)
    return target, [ours, NATS]


def alone(text: str, column: str, bound: float, ours: str = OURS) -> tuple[Target, Sequence[str]]:
    """Return the target that a figure is at most this."""
    return Target(text, lambda each: each[ours][column], bound), [ours]


def has_nats() -> bool:
    """Whether there is a ``nats-server``, and its library."""
    return not missing()
