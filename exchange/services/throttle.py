"""A throttle: how many calls of one method, or of one service, run at once; others wait, and not too many."""

from __future__ import annotations

from collections.abc import Callable

from exchange.errors import Overloaded

MOST_WAITING = 1_000


class Stay:
    """A call's stay in a throttle: until the method has ended, and each thread that it runs in too."""

    def __init__(self, leave: Callable[[], None]) -> None:
        self._leave = leave
        self._parts = 1

    def also(self, other: Stay) -> Stay:
        """Return this stay; when it has ended, another ends too."""
        leave = self._leave

        def leave_both() -> None:
            leave()
            other.end()

        self._leave = leave_both
        return self

    def begin(self) -> None:
        """A further part of the call begins."""
        self._parts += 1

    def end(self) -> None:
        """A part of the call has ended; with the last one its place is free."""
        self._parts -= 1
        if not self._parts:
            self._leave()


class Throttle:
    """Lets at most ``limit`` in, the others in the order in which they came.

    Args:
        queue: How many others may wait, at most.
        whose: What people call that which it is for: ``a method``.

    Raises:
        ValueError: There cannot be such a limit, or such a queue.
    """

    def __init__(self, limit: int, queue: int = MOST_WAITING, whose: str = "a method") -> None:
        if type(limit) is not int or limit < 1:
            raise ValueError(f"the limit of {whose} must be a whole number above 0, not {limit!r}")
        if type(queue) is not int or queue < 0:
            raise ValueError(f"the queue of {whose} must be a whole number, 0 or above, not {queue!r}")
        self._limit = limit
        self._queue = queue
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
        self.check_room()
        self.follow(call, run)

    def check_room(self) -> None:
        """Raise `Overloaded` if one more may not even wait."""
        if self._inside >= self._limit and len(self._waiting) >= self._queue:
            raise Overloaded(f"{self._inside} calls run and {len(self._waiting)} wait already; try again later")

    def follow(self, call: bytes, run: Callable[[Stay], None]) -> None:
        """Run now, or when it is this call's turn, however many wait."""
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


class Throttles:
    """Two throttles, one behind the other: that of a method, and then that of its service.

    Whoever runs has a place in both; who waits for the second has one in the first, so that a
    method of which few may run does not take the places of the others.
    """

    def __init__(self, first: Throttle, second: Throttle) -> None:
        self._first = first
        self._second = second
        self._between: dict[bytes, Stay] = {}

    def enter(self, call: bytes, run: Callable[[Stay], None]) -> None:
        """Run now, or when it is this call's turn in both; raises as `Throttle.enter`."""

        def go_on(stay: Stay) -> None:
            self._between[call] = stay
            self._second.follow(call, come_in)

        def come_in(stay: Stay) -> None:
            run(stay.also(self._between.pop(call)))

        self._second.check_room()
        self._first.enter(call, go_on)

    def forget(self, call: bytes) -> None:
        """Let a call wait no more."""
        self._first.forget(call)
        self._second.forget(call)
        stay = self._between.pop(call, None)
        if stay is not None:
            stay.end()


def joined(first: Throttle | None, second: Throttle | None) -> Throttle | Throttles | None:
    """Return what lets in those whom both let in; ``None`` lets all in."""
    if first is None or second is None:
        return second if first is None else first
    return Throttles(first, second)
