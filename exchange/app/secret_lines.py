"""Lines of a file of secrets: added or replaced, all at once and for our eyes only."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from exchange.errors import ConfigurationError


def put_line(file: Path, line: str) -> bool:
    """Let ``line``, which begins with a name and a colon, be the one of that name in ``file``; the others stay.

    Whoever reads the file meanwhile finds it as it was or as it is.

    Returns:
        Whether it replaced another.

    Raises:
        ConfigurationError: The file cannot be read or written.
    """
    target = file.resolve()
    try:
        before = target.read_bytes().splitlines(keepends=True) if target.exists() else []
        after, replaced = _with(before, line.encode())
        _write(target, b"".join(after))
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be written: {error.strerror}") from None
    return replaced


def _with(lines: list[bytes], line: bytes) -> tuple[list[bytes], bool]:
    name = _name_in(line)
    places = [place for place, each in enumerate(lines) if _name_in(each) == name]
    kept = [each for place, each in enumerate(lines) if place not in places[1:]]
    if places:
        kept[places[0]] = line + b"\n"
        return kept, True
    if kept and not kept[-1].endswith(b"\n"):
        kept[-1] += b"\n"
    return [*kept, line + b"\n"], False


def _name_in(line: bytes) -> bytes:
    return b"" if line.lstrip().startswith(b"#") else line.partition(b":")[0].strip()


def _write(file: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)  # which is for our eyes only
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        os.replace(name, file)
    except BaseException:
        os.unlink(name)
        raise
