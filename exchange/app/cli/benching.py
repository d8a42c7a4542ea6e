"""Calls as fast as they are answered, so many at once, and what came of it."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from twisted.internet.defer import Deferred, gatherResults

from exchange.errors import CallError

QUANTILES = {"p50": 0.5, "p99": 0.99, "p999": 0.999}


@dataclass
class Results:
    """What came of many calls.

    Attributes:
        latencies: Seconds that each took which had a result, in the order in which they ended.
        failures: How many calls failed, by the texts of their errors' kinds.
    """

    latencies: array[float] = field(default_factory=lambda: array("d"))
    failures: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    def as_row(self) -> dict[str, Any]:
        """Return the figures."""
        ordered = sorted(self.latencies)
        count, failed = len(ordered), sum(self.failures.values())
        return {
            "calls": count + failed,
            "failed": failed,
            "failures": self.failures,
            "seconds": self.seconds,
            "rate": count / self.seconds if self.seconds else None,
            "mean": sum(ordered) / count if count else None,
            "min": ordered[0] if ordered else None,
            **{name: _at(ordered, part) for name, part in QUANTILES.items()},
            "max": ordered[-1] if ordered else None,
        }


class Load:
    """Makes calls.

    Args:
        make: Makes one.
        clock: Tells the time in seconds.
        calls: How many, at most; ``None`` is any number.
        seconds: For how long, at most; ``None`` is any time.
    """

    def __init__(
        self,
        make: Callable[[], Deferred[Any]],
        clock: Callable[[], float],
        calls: int | None,
        seconds: float | None,
    ) -> None:
        self._make = make
        self._clock = clock
        self._left = calls
        self._seconds = seconds
        self.results = Results()

    async def run(self, outstanding: int) -> Results:
        """Have so many calls outstanding at a time, to the end; return what came of them."""
        began = self._clock()
        self._until = None if self._seconds is None else began + self._seconds
        lanes = [Deferred.fromCoroutine(self._lane()) for _ in range(outstanding)]
        await gatherResults(lanes, consumeErrors=True)
        self.results.seconds = self._clock() - began
        return self.results

    async def _lane(self) -> None:
        while self._takes_one():
            began = self._clock()
            try:
                await self._make()
            except CallError as error:
                kind = type(error).__name__
                self.results.failures[kind] = self.results.failures.get(kind, 0) + 1
            else:
                self.results.latencies.append(self._clock() - began)

    def _takes_one(self) -> bool:
        if self._left == 0 or (self._until is not None and self._clock() >= self._until):
            return False
        if self._left is not None:
            self._left -= 1
        return True

    _until: float | None = None


def _at(ordered: list[float], part: float) -> float | None:
    """Return the smallest that at least so great a part of all does not exceed."""
    if not ordered:
        return None
    return ordered[min(len(ordered) - 1, max(0, -int(-part * len(ordered) // 1) - 1))]
