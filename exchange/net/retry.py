"""After which delay a link is made anew: policies for `exchange.net.dialer`.

A policy is a function to seconds from the number of attempts that failed since the
last link was open: 0 when an open link was lost.
"""

from __future__ import annotations

import random
from collections.abc import Callable

RetryPolicy = Callable[[int], float]

MOST_DOUBLINGS = 30

SLOWEST = 1 << 30
"""So many failures lead to the longest delay of a policy."""

PERMANENT = frozenset({"version", "group", "mechanism", "role", "denied"})
"""Codes of those refusals that will be repeated until somebody mends something."""


def back_off(base: float = 1.0, longest: float = 30.0, chance: Callable[[], float] = random.random) -> RetryPolicy:
    """Return a policy whose delays double from ``base`` to ``longest`` seconds.

    Each is shortened by up to a half at random, so that the many that lost one hub
    do not all come back in the same moment.
    """

    def delay(failures: int) -> float:
        whole = min(longest, base * 2.0 ** min(max(0, failures - 1), MOST_DOUBLINGS))
        return float(whole * (1 - chance() / 2))

    return delay


def is_permanent(code: str) -> bool:
    """Whether whoever was refused with this code will be so again, until somebody mends something."""
    return code in PERMANENT


def constant(seconds: float, chance: Callable[[], float] = random.random) -> RetryPolicy:
    """Return a policy whose delays are all ``seconds``, but for a twentieth more or less."""

    def delay(failures: int) -> float:
        return seconds * (0.95 + chance() / 10)

    return delay
