"""A throttle: how many calls of one method run at once; others wait, and not too many."""

from __future__ import annotations

from collections.abc import Callable

from exchange.errors import Overloaded

MOST_WAITING = 1_000


class Throttle:
    """Lets at most ``limit`` in, the others in the order in which they came."""

    def __init__(self, limit: int) -> None:
        if type(limit) is not int or limit < 1:
            raise ValueError(f"the limit of a method must be a whole number above 0, not {limit!r}")
        self._limit = limit
        self._inside = 0
        self._waiting: dict[bytes, Callable[[], None]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def enter(self, call: bytes, run: Callable[[], None]) -> None:
        """Run now, or when it is this call's turn; `leave` must be called once for each that ran.

        Raises:
            Overloaded: Too many wait already.
        """
        if self._inside < self._limit:
            self._inside += 1
            run()
        elif len(self._waiting) >= MOST_WAITING:
            raise Overloaded(f"{self._inside} calls run and {MOST_WAITING} wait already; try again later")
        else:
            self._waiting[call] = run

    def leave(self) -> None:
        """One that ran is done: the next may run."""
        self._inside -= 1
        if self._waiting:
            call = next(iter(self._waiting))
            run = self._waiting.pop(call)
            self._inside += 1
            run()

    def forget(self, call: bytes) -> bool:
        """Let a call wait no more; return whether it did."""
        return self._waiting.pop(call, None) is not None
