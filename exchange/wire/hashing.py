"""Hashing: keys that are all alike to a hash table, which would take for ever to fill.

The hash of a number is known to everybody, so that a body of a megabyte can hold
enough different keys of one hash to keep a process busy for hours. They are counted
before the table is filled; honest keys are hardly ever alike.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from exchange.wire.limits import KIB

FEW = 4 * KIB
"""Bodies up to this size cannot hold enough keys to hurt."""

MOST_ALIKE = 512


def check_hashes(keys: Collection[Any]) -> None:
    """Make sure that ``keys`` can be put into a dictionary or a set in linear time.

    Raises:
        ValueError: More than `MOST_ALIKE` of them repeat the hash of another.
        TypeError: One of them cannot be a key.
    """
    if len(keys) > MOST_ALIKE and len(keys) - len(set(map(hash, keys))) > MOST_ALIKE:
        raise ValueError(f"more than {MOST_ALIKE} keys or items have the hash of another")


def fair_map(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    """Return the map of ``pairs``, if it can be made in linear time; the last of equal keys stands."""
    check_hashes([key for key, _ in pairs])
    return dict(pairs)
