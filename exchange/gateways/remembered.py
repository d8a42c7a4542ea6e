"""What was checked a while ago, and need not be checked again: kept under keyed digests, never as it was said."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from hmac import digest

LIFETIME = 300.0
"""Seconds for which something is remembered."""

MOST_REMEMBERED = 1000

KEY_SIZE = 32


class Seal:
    """Turns secrets into what may be kept: nobody can tell from it what they were, or find the key that made it."""

    def __init__(self) -> None:
        self._key = os.urandom(KEY_SIZE)

    def of(self, *parts: bytes) -> bytes:
        """Return what stands for ``parts``, whose limits count too."""
        told = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
        return digest(self._key, told, sha256)


class Remembered:
    """Remembers who said something, for a few minutes, and the last thousand of them at most.

    Args:
        clock: Returns the time in seconds.
        lifetime: For how many of them something is remembered, from when it was checked.
        most: How many things are remembered.
    """

    def __init__(self, clock: Callable[[], float], lifetime: float = LIFETIME, most: int = MOST_REMEMBERED) -> None:
        self._clock = clock
        self._lifetime = lifetime
        self._most = most
        self._seal = Seal()
        self._known: dict[bytes, tuple[bytes, float]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def recall(self, *said: bytes) -> bytes | None:
        """Return who said this, if that is remembered."""
        sealed = self._seal.of(*said)
        who, until = self._known.pop(sealed, (b"", 0.0))
        if not 0 < until - self._clock() <= self._lifetime:  # of a clock that was set back, nothing is believed
            return None
        self._known[sealed] = who, until
        return who

    def keep(self, who: bytes, *said: bytes) -> None:
        """Remember who said this; in place of what was not asked for longest, if that is too much."""
        self._known[self._seal.of(*said)] = who, self._clock() + self._lifetime
        if len(self._known) > self._most:
            del self._known[next(iter(self._known))]

    def forget(self) -> None:
        """Remember nothing of all that."""
        self._known.clear()
