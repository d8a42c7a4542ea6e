"""The loads: what is called, with how much in it, and how many calls are outstanding."""

from __future__ import annotations

from typing import NamedTuple

KIB = 1024
SMALL = 0
"""The size of the load that multiplies."""


class Load(NamedTuple):
    """One row of the table.

    ``size`` is the number of bytes that are echoed; 0 multiplies 6 by 7 in their place.
    """

    name: str
    size: int
    outstanding: int


SMALL_ONE = Load("multiply", SMALL, 1)
SMALL_64 = Load("multiply", SMALL, 64)
SMALL_1000 = Load("multiply", SMALL, 1000)

LOADS = [
    SMALL_ONE,
    SMALL_64,
    SMALL_1000,
    Load("echo 1 KiB", 1 * KIB, 64),
    Load("echo 64 KiB", 64 * KIB, 16),
    Load("echo 1 MiB", 1024 * KIB, 4),
]
