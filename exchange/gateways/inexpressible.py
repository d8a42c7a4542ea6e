"""A value for which a protocol has no words, and the way to it."""

from __future__ import annotations

from typing import Any

from exchange.errors import UnsuitableValue


class Inexpressible(ValueError):
    """A protocol has no words for a value; ``path`` leads from the whole to it."""

    path = ""

    def within(self, step: Any) -> Inexpressible:
        """Return this, the path begun one step further out: at an index, or at a key."""
        self.path = f"[{_shown(step)}]{self.path}"
        return self

    def of_result(self) -> UnsuitableValue:
        """Return the failure of a call whose result it stands in."""
        number = UnsuitableValue.CANNOT_ENCODE_REPLY
        return UnsuitableValue(f"result{self.path}: {self}", number=number, delivered=True)


def _shown(step: Any) -> str:
    """Return a step as Python writes it, which it does not for whole numbers of thousands of digits."""
    try:
        return repr(step)
    except Exception:
        return f"<{type(step).__name__}>"
