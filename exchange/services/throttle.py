"""A throttle: how many calls of one method run at once; others wait, and not too many."""

from __future__ import annotations

from collections.abc import Callable

from exchange.errors import Overloaded

MOST_WAITING = 1_000


class Stay:
    """A call's stay in a throttle: until the method has ended, and each thread that it runs in too."""

    def __init__(self, leave: Callable[[], None]) -> None:
        self._leave = leave
        self._parts = 1

    def begin(self) -> None:
        """A further part of the call begins."""
        self._parts += 1

    def end(self) -> None:
        """A part of the call has ended; with the last one its place is free."""
        self._parts -= 1
        if not self._parts:
            self._leave()


class Throttle:
    """Lets at most ``limit`` in, the others in the order in which they came."""

    def __init__(self, limit: int) -> None:
        if type(limit) is not int or limit < 1:
            raise ValueError(f"the limit of a method must be a whole number above 0, not {limit!r}")
        self._limit = limit
        self._inside = 0
        self._is_admitting = False
        self._waiting: dict[bytes, Callable[[Stay], None]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def enter(self, call: bytes, run: Callable[[Stay], None]) -> None:
        """Run now, or when it is this call's turn; the stay that ``run`` is given must be ended.

        Raises:
            Overloaded: Too many wait already.
        """
        if len(self._waiting) >= MOST_WAITING:
            raise Overloaded(f"{self._inside} calls run and {MOST_WAITING} wait already; try again later")
        self._waiting[call] = run
        self._admit()

    def forget(self, call: bytes) -> None:
        """Let a call wait no more."""
        self._waiting.pop(call, None)

    def _leave(self) -> None:
        self._inside -= 1
        self._admit()

    def _admit(self) -> None:
        """Let in as many as may be; a loop, for a thousand that wait may all end at once."""
        if self._is_admitting:
            return
        self._is_admitting = True
        try:
            while self._waiting and self._inside < self._limit:
                run = self._waiting.pop(next(iter(self._waiting)))
                self._inside += 1
                run(Stay(self._leave))
        finally:
            self._is_admitting = False
