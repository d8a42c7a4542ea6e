"""Reports that wait to be read: the newest, with what was lost before each."""

from __future__ import annotations

from collections import deque
from typing import Any

from exchange import Report

MOST_REPORTS = 10_000


class Reports:
    """A queue of bounded length; when it is full, the oldest makes room.

    The next report on the subject of one that was lost tells of it in ``skipped``, as it
    does of what was lost on the way.

    Raises:
        ValueError: The limit is no whole number, or there is no room for even one.
    """

    def __init__(self, limit: int) -> None:
        given: Any = limit
        if not isinstance(given, int) or given < 1:
            raise ValueError(f"the limit of a subscription must be a whole number, at least 1, not {given!r}")
        self._limit = limit
        self._waiting: deque[tuple[Any, Report]] = deque()
        self._lost: dict[tuple[bytes, str], int] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, content: Any, report: Report) -> None:
        """Add the newest."""
        if len(self._waiting) >= self._limit:
            _, oldest = self._waiting.popleft()
            key = (oldest.instance, oldest.subject)
            self._lost[key] = self._lost.get(key, 0) + oldest.skipped + 1
        self._waiting.append((content, report))

    def pop(self) -> tuple[Any, Report]:
        """Take the oldest."""
        content, report = self._waiting.popleft()
        lost = self._lost.pop((report.instance, report.subject), 0)
        return content, report._replace(skipped=report.skipped + lost) if lost else report

    def clear(self) -> None:
        """Forget all."""
        self._waiting.clear()
        self._lost.clear()
