"""Amounts, as people read them: how many, how many bytes, how often."""

from __future__ import annotations

from typing import Any

_SIZES = ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))
_ROUND = 100


def size(count: Any) -> str:
    """Return a number of bytes: ``17 B``, ``2.5 MiB``."""
    if not isinstance(count, int | float):
        return "-"
    for each, unit in _SIZES:
        if count >= each:
            return f"{count / each:.3g} {unit}" if count < 1000 * each else f"{count / each:.0f} {unit}"
    return f"{count:.0f} B"


def rate(often: Any) -> str:
    """Return how often something is in a second: ``0.25``, ``12,345``."""
    if not isinstance(often, int | float):
        return "-"
    return f"{often:,.0f}" if often >= _ROUND else f"{often:.3g}"


def several(count: int, what: str, many: str = "") -> str:
    """Return ``1 link`` or ``2 links``."""
    return f"{count:,} {what if count == 1 else many or what + 's'}"
