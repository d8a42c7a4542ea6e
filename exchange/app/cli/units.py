"""How people read times and numbers: ``12.3 ms``, ``3 minutes``, ``12,345``."""

from __future__ import annotations

from typing import Any

SIZES = ((86_400, "d"), (3_600, "h"), (60, "min"))


def milliseconds(seconds: Any) -> str:
    """Return a short time."""
    if not isinstance(seconds, int | float):
        return "-"
    return f"{seconds * 1000:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"


def span(seconds: Any) -> str:
    """Return a long time, such as an age, by its largest unit."""
    if not isinstance(seconds, int | float):
        return "-"
    for size, unit in SIZES:
        if seconds >= 2 * size:
            return f"{seconds // size:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"


def grouped(number: Any) -> str:
    """Return a whole number with its thousands told apart."""
    return f"{number:,}" if isinstance(number, int | float) else "-"
