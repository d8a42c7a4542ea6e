"""Mistakes of a configuration: all of them are told at once, a line each, so that they can be mended at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from exchange.errors import ConfigurationError
from exchange.wire.telling import plain


class ConfigurationErrors(ConfigurationError):
    """Several things are wrong.

    Attributes:
        lines: What is said of each.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(self.lines))


class Mistakes:
    """What is wrong, as it is found.

    Attributes:
        lines: What is said of each, in the order in which they were found; nothing is said twice.
        keys: The labels of those keys whose values cannot be taken: ``site.toml: [hub] listen``.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.keys: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self.lines)

    def add(self, line: str, key: str = "") -> None:
        """Something is wrong.

        Args:
            key: The label of the key that has no value therefore.
        """
        if key:
            self.keys.add(key)
        line = plain(line).replace("\n", "\\n")  # keys may be any text
        if line not in self.lines:
            self.lines.append(line)

    def add_error(self, error: ConfigurationError) -> None:
        """Take over what an error says, which may be several lines."""
        for line in lines_of(error):
            self.add(line)

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Go on after what is done within, if it raises `ConfigurationError`."""
        try:
            yield
        except ConfigurationError as error:
            self.add_error(error)

    def raise_if_any(self) -> None:
        """Raise `ConfigurationErrors` if anything is wrong."""
        if self.lines:
            raise ConfigurationErrors(self.lines)


def lines_of(error: ConfigurationError) -> tuple[str, ...]:
    """Return what an error says, a line for each thing that is wrong."""
    return error.lines if isinstance(error, ConfigurationErrors) else (str(error),)


def refusal(program: str, error: ConfigurationError) -> str:
    """Return what a program says that refuses to start, with its name before each line."""
    return "\n".join(f"{program}: {plain(line)}" for line in lines_of(error))
