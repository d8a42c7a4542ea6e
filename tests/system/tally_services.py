"""Services for the stories of rolling restarts: each notes in a file what it was called with, before it answers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from twisted.internet import reactor
from twisted.internet.task import deferLater

from exchange import Service, method

SOMETIMES = 0.05
"""Seconds that every third method takes."""


class Tally(Service):
    """Notes each call that ran, once for each time that it did."""

    name = "tally"

    def __init__(self) -> None:
        self._book = (Path(os.environ["TALLY"]) / f"{os.getpid()}.ran").open("a", buffering=1)

    @method
    async def count(self, token: int) -> int:
        self._book.write(f"{token}\n")
        if token % 3 == 0:
            await deferLater(self._clock, SOMETIMES)
        return token

    @property
    def _clock(self) -> Any:
        return reactor
