"""The stopwatch: a tally that also keeps how long each thing took."""

from __future__ import annotations

from typing import Any

from tests.bench.tally import Tally

SHARES = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999}


class Stopwatch(Tally):
    """Counts for one process, and keeps times.

    Attributes:
        took: Seconds that things took since the last report.
    """

    def __init__(self, reactor: Any) -> None:
        super().__init__(reactor)
        self.took: list[float] = []

    def answer(self, order: dict[str, Any]) -> dict[str, Any]:
        """Begin, end or report; each answer is a report, and has microseconds."""
        answer = super().answer(order)
        took, self.took = self.took, []
        took.sort()
        shares = {name: 1e6 * took[int(share * (len(took) - 1))] if took else 0.0 for name, share in SHARES.items()}
        return {**answer, **shares, "taken": len(took)}
