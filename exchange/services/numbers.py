"""Numbers: the last ones of the subjects that were in use lately; who makes ever new subjects costs no more memory.

Two tables are kept. When the younger is full it becomes the older, and what was in that
and was not used since is forgotten. So at least the last `MOST` subjects are known, and
never more than twice as many.
"""

from __future__ import annotations

MOST = 65_536
"""Subjects in a full table."""

EPOCH = 1 << 32
"""What numbers go up by for subjects that were forgotten, so that they never restart."""


class Numbers:
    """The last number of each subject of each instance."""

    __slots__ = ("_count", "_most", "_older", "_turns", "_younger")

    def __init__(self, most: int | None = None) -> None:
        self._most = MOST if most is None else most
        self._younger: dict[bytes, dict[str, int]] = {}
        self._older: dict[bytes, dict[str, int]] = {}
        self._count = 0
        self._turns = 0

    def __contains__(self, instance: bytes) -> bool:
        return instance in self._younger or instance in self._older

    def __len__(self) -> int:
        return sum(map(len, (*self._younger.values(), *self._older.values())))

    def last(self, instance: bytes, subject: str) -> int | None:
        """Return the number that was noted last; ``None`` if there was none, or it is forgotten."""
        subjects = self._younger.get(instance)
        if subjects is not None and subject in subjects:
            return subjects[subject]
        subjects = self._older.get(instance)
        return subjects.get(subject) if subjects else None

    def following(self, instance: bytes, subject: str) -> int:
        """Return the next number of a subject: one more than the last, and more than any that may be forgotten."""
        last = self.last(instance, subject)
        return self._turns * EPOCH + 1 if last is None else last + 1

    def note(self, instance: bytes, subject: str, number: int) -> None:
        """Note the last number of a subject."""
        subjects = self._younger.get(instance)
        if subjects is None:
            subjects = self._younger[instance] = {}
        if subject not in subjects:
            self._count += 1
        subjects[subject] = number
        if self._count >= self._most:
            self._turn_over()

    def forget(self, instance: bytes) -> None:
        """Forget all subjects of an instance."""
        self._count -= len(self._younger.pop(instance, ()))
        self._older.pop(instance, None)

    def take_over(self, other: Numbers) -> None:
        """Know what ``other`` knows, in place of what was known here."""
        self._younger = {instance: dict(subjects) for instance, subjects in other._younger.items()}
        self._older = {instance: dict(subjects) for instance, subjects in other._older.items()}
        self._count, self._turns = other._count, other._turns

    def clear(self) -> None:
        """Forget everything."""
        self._younger.clear()
        self._older.clear()
        self._count = 0

    def _turn_over(self) -> None:
        if self._older:
            self._turns += 1
        self._older, self._younger, self._count = self._younger, {}, 0


def skipped_between(last: int, number: int) -> int:
    """Return how many numbers were missed; of what the publisher forgot meanwhile, nobody can tell, and it is none."""
    return number - last - 1 if number // EPOCH == last // EPOCH else 0
