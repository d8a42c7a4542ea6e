"""Seconds as users give them, for a delay or a lifetime: a number, or else a sentence about what is wrong."""

from __future__ import annotations

from math import inf
from numbers import Real
from typing import Any

from exchange.wire.telling import shown


def seconds_of(given: Any, what: str, least: float = -inf, instead: str = "") -> float:
    """Return a number of seconds as a `float`.

    Args:
        what: What it is, for people: ``the lifetime of a report``.
        least: The lowest number that may be given.
        instead: What to give in its place, for people.

    Raises:
        TypeError: It is no number.
        ValueError: It is none that can be waited for, or is too low.
    """
    mend = f"; {instead}" if instead else ""
    if not isinstance(given, Real):
        raise TypeError(f"{what} must be a number of seconds, as in 0.5 or 60, not {shown(given)}{mend}")
    try:
        seconds = float(given)
    except OverflowError:
        raise ValueError(f"{what} cannot be that many seconds: it is beyond what a clock can count{mend}") from None
    if not -inf < seconds < inf:
        raise ValueError(f"{what} must be a number of seconds that a clock can count, not {seconds}{mend}")
    if seconds < least:
        raise ValueError(f"{what} must be at least {least:g} seconds, not {seconds}{mend}")
    return seconds
