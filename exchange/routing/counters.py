"""Counters: plain integers, incremented in place, that cost nothing when nobody looks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Counters:
    """What a switch has seen so far.

    Attributes:
        requests: Requests passed on.
        refused: Requests answered by the switch itself.
        settled: Calls ended because a port was lost.
        unexpected: Answers, cancellations and reports that nobody was waiting for.
        denied: What a far end asked for and may not do, or hear.
        too_large: Frames not passed on because the next link does not take them.
        skipped: Reports left out because a link could not take them in time; counted when it is told so.
    """

    requests: int = 0
    refused: int = 0
    settled: int = 0
    unexpected: int = 0
    denied: int = 0
    too_large: int = 0
    skipped: int = 0

    def told(self) -> dict[str, int]:
        """Return all of them, by their names."""
        return {name: getattr(self, name) for name in self.__slots__}
