"""Weight: how much of our memory the fields take that a link has told and we keep.

The number of things that a link may tell of is bounded, and so is the size of each;
their product is not. So what is kept for a port is weighed, and its sum bounded too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

ITEM = 64
"""What a short text in a list takes, besides its characters."""

WIDEST = 4
"""Bytes for each character of a text, if one of them needs so many."""


def weight_of(fields: Iterable[Any]) -> int:
    """Return about how many bytes the texts and lists of texts among ``fields`` take."""
    return sum(map(_weight, fields))


def _weight(field: Any) -> int:
    if type(field) is tuple:
        return ITEM * len(field) + weight_of(field)
    if type(field) is str:
        return len(field) if field.isascii() else WIDEST * len(field)
    return len(field) if type(field) is bytes else 0
