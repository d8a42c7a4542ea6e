"""The loads: what is called, with how much in it, and how many calls are outstanding."""

from __future__ import annotations

from typing import NamedTuple

KIB = 1024
SMALL = 0
"""The size of the load that multiplies."""


class Load(NamedTuple):
    """One row of the table.

    ``size`` is the number of bytes that are echoed; 0 multiplies 6 by 7 in their place. What is
    outstanding is shared evenly by so many connections of the caller.
    """

    name: str
    size: int
    outstanding: int
    connections: int = 1

    @property
    def title(self) -> str:
        """The name, and over how many connections, if not one."""
        return self.name if self.connections == 1 else f"{self.name}, {self.connections} links"


SMALL_ONE = Load("multiply", SMALL, 1)
SMALL_64 = Load("multiply", SMALL, 64)
SMALL_1000 = Load("multiply", SMALL, 1000)
CROWD = Load("multiply", SMALL, 200, connections=200)
ECHO_1K = Load("echo 1 KiB", 1 * KIB, 64)
ECHO_64K = Load("echo 64 KiB", 64 * KIB, 16)
ECHO_1M = Load("echo 1 MiB", 1024 * KIB, 4)

LOADS = [
    SMALL_ONE,
    SMALL_64,
    SMALL_1000,
    CROWD,
    ECHO_1K,
    ECHO_64K,
    ECHO_1M,
]

HOP_LOADS = [SMALL_ONE, SMALL_64, SMALL_1000]
"""Those of which a second hub is measured too."""
