"""Where each key of a TOML file stands: the number of its line, which `tomllib` does not tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

Path = tuple[str, ...]
"""Names of tables, and of a key last; ``("policy", "2")`` is the second of ``[[policy]]``."""

HEADER = re.compile(r"\s*(\[\[?)(.*?)(\]\]?)\s*(#.*)?$")
KEY = re.compile(r"""\s*((?:[\w-]+|"(?:[^"\\]|\\.)*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"(?:[^"\\]|\\.)*"|'[^']*'))*)\s*=""")

LONGEST_VALUE = 1_000
"""Lines that one value may have, to be found; of what stands behind a longer one, nothing is known."""


class KeyPlaces:
    """The places of the keys of one file.

    Args:
        text: The file, which is TOML.
    """

    def __init__(self, text: str) -> None:
        self._said = tomllib.loads(text)
        self._lines: dict[Path, int] = {}
        counts: dict[Path, int] = {}
        table: Path = ()
        rest = iter(list(enumerate(text.splitlines(), 1)))
        for number, line in rest:
            header, key = HEADER.match(line), KEY.match(line)
            if header:
                table = _names(header[2])
                if header[1] == "[[":
                    counts[table] = counts.get(table, 0) + 1
                    table = (*table, str(counts[table]))
                self._lines.setdefault(table, number)
            elif key:
                names = _names(key[1])
                for end in range(len(names), 0, -1):
                    self._lines.setdefault((*table, *names[:end]), number)
                _skip(line, rest)

    def line_of(self, path: Path) -> int | None:
        """Return the line, from 1, of a key or of the value that it is in; ``None`` if it is not in the file."""
        found: Any = self._said
        for name in path:
            if isinstance(found, list):
                found = dict(enumerate(found, 1)).get(int(name))
            else:
                found = found.get(name) if isinstance(found, dict) else None
            if found is None:
                return None
        return next((self._lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in self._lines), None)


def _names(written: str) -> Path:
    """Return the names that a dotted key stands for."""
    try:
        found: Any = tomllib.loads(f"{written} = 0")
    except tomllib.TOMLDecodeError:
        return (written,)
    names = []
    while isinstance(found, dict):
        (name,) = found
        names.append(name)
        found = found[name]
    return tuple(names)


def _skip(line: str, rest: Iterator[tuple[int, str]]) -> None:
    """Go to the end of a value that has several lines."""
    gathered = [line]
    while len(gathered) < LONGEST_VALUE and not _is_whole("\n".join(gathered)):
        following = next(rest, None)
        if following is None:
            return
        gathered.append(following[1])


def _is_whole(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True
