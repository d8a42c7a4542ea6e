"""A file of lines that say who may call; it is read again when it has changed.

At the start a line that cannot be used is an error. Later it is one in the log, and lets
nobody in: the others count, so that whoever was taken out of the file is out.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Generic, TypeVar

from twisted.logger import Logger

from exchange.errors import ConfigurationError

LOOK = 1.0
"""Seconds between two looks at whether the file has changed, at least."""

Entry = TypeVar("Entry")
Mark = tuple[int, ...] | None
"""What tells one state of a file from another; ``None`` is that there is none."""


class Unusable(ValueError):
    """What is wrong with a line, in words that show no secret of it."""


class LineFile(Generic[Entry]):
    """Such a file, by what its lines mean; empty ones and comments mean nothing.

    Args:
        path: Where it is.
        entry_of: Returns what a line means: a key that no other line has, and the rest; raises `Unusable`.
        clock: Returns the time in seconds.

    Attributes:
        entries: What the lines mean, by their keys.

    Raises:
        ConfigurationError: It cannot be read, or a line cannot be used; the text has its number.
    """

    log = Logger()

    def __init__(
        self, path: str | Path, entry_of: Callable[[str], tuple[bytes, Entry]], clock: Callable[[], float]
    ) -> None:
        self.path = Path(path)
        self.entries: dict[bytes, Entry] = {}
        self._entry_of = entry_of
        self._clock = clock
        self._looked = clock()
        try:
            self._mark: Mark = self._mark_now()
            wrong = self._read()
        except OSError as error:
            raise ConfigurationError(f"{self.path}: cannot be read: {error.strerror}") from None
        if wrong:
            raise ConfigurationError(f"{self.path}: {wrong[0]}")

    def has_changed(self) -> bool:
        """Whether the file is another than at the last look; `entries` is then what it says now."""
        now = self._clock()
        if 0 <= now - self._looked < LOOK:
            return False
        self._looked = now
        try:
            mark = self._mark_now()
            if mark == self._mark:
                return False
            self._mark = mark
            wrong = self._read()
        except OSError as error:
            return self._lost(error)
        for text in wrong:
            self.log.error("{path}: {text}; nobody is let in by this line", path=self.path, text=text)
        self.log.info("{path} has changed, and was read again", path=self.path)
        return True

    @property
    def is_open_to_all(self) -> bool:
        """Whether every user of the machine may read it."""
        return bool(self._mark and self._mark[0] & stat.S_IROTH)

    def _lost(self, error: OSError) -> bool:
        had = bool(self.entries)
        if had or self._mark is not None:
            text = "{path} cannot be read any more: {reason}; nobody is let in by it until it can"
            self.log.error(text, path=self.path, reason=error.strerror)
        self._mark = None
        self.entries = {}
        return had

    def _mark_now(self) -> Mark:
        found = os.stat(self.path)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(0, "it is no file")
        return found.st_mode, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns

    def _read(self) -> list[str]:
        """Take in what the file says; return what is wrong with it."""
        entries: dict[bytes, Entry] = {}
        places: dict[bytes, int] = {}
        wrong = []
        for number, line in meaning_lines(self.path.read_bytes()):
            try:
                key, entry = self._entry_of(line.decode())
                if key in entries:
                    raise Unusable(f"line {places[key]} says who this is already")
            except UnicodeDecodeError:
                wrong.append(f"line {number}: it is not text in UTF-8")
            except Unusable as error:
                wrong.append(f"line {number}: {error}")
            else:
                entries[key], places[key] = entry, number
        self.entries = entries
        return wrong


def meaning_lines(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Return the lines that mean something, and their numbers."""
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        line = line.removesuffix(b"\r")
        if line.strip() and not line.lstrip().startswith(b"#"):
            yield number, line
