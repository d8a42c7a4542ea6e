"""A target: what the product must reach, and whether the rounds of a run did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import Any, NamedTuple


class Target(NamedTuple):
    """What the product must reach, as a figure of one round."""

    text: str
    figure: Callable[[Any], float]
    bound: float
    at_least: bool = False

    def reached(self, rounds: Sequence[Any]) -> bool:
        """Whether the median is on the right side of the bound."""
        middle = median(map(self.figure, rounds))
        return middle >= self.bound if self.at_least else middle <= self.bound

    def told(self, rounds: Sequence[Any]) -> str:
        """Return what was reached, and what was asked for."""
        figures = [self.figure(each) for each in rounds]
        spread = f"{min(figures):,.2f} to {max(figures):,.2f}"
        asked = f"{'at least' if self.at_least else 'at most'} {self.bound:g}"
        return f"{self.text}: {median(figures):,.2f} ({spread}), {asked}"


def verdict_on(rounds: Sequence[Any], *either: Target) -> str:
    """Return the line that says whether one of these targets is reached."""
    is_met = any(target.reached(rounds) for target in either)
    return f"{'met   ' if is_met else 'MISSED'}  " + "; or ".join(target.told(rounds) for target in either)
