"""What crosses from one exchange group into another, when a process is in both.

A bridge offers in one group what it sees in the other, if the audience says so. Each
announcement tells the path that the instance has come, group by group, so that it
never enters one twice: parallel bridges and rings need no further rule. What is
offered depends on nothing else; not on what others offer, for then it would come and
go with the news about them.
"""

from __future__ import annotations

from exchange.routing.registry import About
from exchange.wire.limits import LONGEST_PATH


def crossing(about: About, origin: str, goal: str) -> About | None:
    """Return what is announced in the group ``goal`` of an instance seen in ``origin``; ``None`` if it may not enter.

    Args:
        about: What is announced of it in ``origin``.
    """
    path = (*about.path, origin)
    if goal in path or len(path) > LONGEST_PATH:
        return None
    may_enter = about.audience == "*" or (about.audience != "" and about.audience == goal)
    return about._replace(path=path) if may_enter else None
