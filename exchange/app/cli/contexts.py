"""Contexts: names for hubs and how to link with them, kept in a file of the person at the keyboard.

The file is ``exchange/contexts.toml`` in ``$XDG_CONFIG_HOME``, or in ``~/.config``::

    current = "plant"

    [contexts.plant]
    hub = ["tcp:hosta:11111", "tcp:hostb:11111"]
    group = "plant"
    credentials = "ann.secret"

It names files with secrets and holds none. Files are looked for beside it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from exchange.errors import ConfigurationError

FILES = ("credentials", "certificate", "key", "authority")
KEYS = ("hub", "group", *FILES, "heartbeat", "dead-after")

Settings = dict[str, "str | list[str]"]


class Context:
    """A name for hubs and how to link with them.

    Attributes:
        settings: By their keys, which are those of the options; ``hub`` is a list.
    """

    def __init__(self, name: str, settings: Settings) -> None:
        self.name = name
        self.settings = settings

    @property
    def hubs(self) -> tuple[str, ...]:
        """The endpoints of its hubs, in turn; none if it names none."""
        return tuple(self.settings.get("hub", ()))


class Contexts:
    """All contexts of somebody.

    Attributes:
        file: Where they are kept; it need not be there.
        current: The name of the one that is used if nothing else is said; may be empty.
        named: Each by its name.

    Raises:
        ConfigurationError: The file is there, and cannot be used.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        tables = _read(file)
        _check_keys(tables, ("current", "contexts"), str(file))
        self.current = _text(tables.get("current", ""), f"{file}: current")
        given = tables.get("contexts", {})
        if not isinstance(given, Mapping):
            raise ConfigurationError(f"{file}: contexts: expected tables such as [contexts.plant]")
        self.named = {name: _context(name, table, file) for name, table in given.items()}

    def find(self, name: str, label: str = "") -> Context:
        """Return a context by its name; raises `ConfigurationError` if there is none.

        Args:
            label: How errors name what named it.
        """
        if name not in self.named:
            before = f"{label}: " if label else ""
            mend = _nearest(name, self.named) if self.named else "; make it with: exchange context add"
            raise ConfigurationError(f"{before}there is no context '{name}' in {self.file}{mend}")
        return self.named[name]

    def write(self) -> None:
        """Keep what is here now, for the eyes of one user; the file is replaced all at once.

        Raises:
            ConfigurationError: It cannot be written.
        """
        fresh = self.file.with_name(f".{self.file.name}.{os.getpid()}")
        try:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(descriptor, "w", encoding="utf-8") as opened:
                opened.write(_toml_of(self))
            fresh.replace(self.file)
        except OSError as error:
            fresh.unlink(missing_ok=True)
            raise ConfigurationError(f"{self.file}: cannot be written: {error.strerror}") from None


def contexts_file(environ: Mapping[str, str]) -> Path:
    """Return where contexts are kept."""
    given = environ.get("XDG_CONFIG_HOME", "")
    home = Path(environ["HOME"]) if environ.get("HOME") else Path.home()
    folder = Path(given) if given and Path(given).is_absolute() else home / ".config"
    return folder / "exchange" / "contexts.toml"


def chosen_context(option: str | None, environ: Mapping[str, str]) -> Context | None:
    """Return the context in use: that of the option, else of ``EXCHANGE_CONTEXT``, else the current one, if any.

    Raises:
        ConfigurationError: There is none of that name, or the file of contexts cannot be used.
    """
    contexts = Contexts(contexts_file(environ))
    if option is not None:
        return contexts.find(option, "--context")
    if environ.get("EXCHANGE_CONTEXT"):
        return contexts.find(environ["EXCHANGE_CONTEXT"], "EXCHANGE_CONTEXT")
    if contexts.current:
        return contexts.find(contexts.current, f"{contexts.file}: current")
    return None


def _read(file: Path) -> dict[str, Any]:
    try:
        content = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read: {error.strerror}") from None
    import tomllib

    try:
        return tomllib.loads(content.decode())
    except ValueError as error:
        raise ConfigurationError(f"{file}: not TOML: {error}") from None
    except RecursionError:
        raise ConfigurationError(f"{file}: too many lists and tables stand one in another") from None


def _context(name: str, table: object, file: Path) -> Context:
    where = f"{file}: [contexts.{name}]"
    if not isinstance(table, Mapping):
        raise ConfigurationError(f"{where}: expected a table, got {table!r}")
    _check_keys(table, KEYS, where)
    settings: Settings = {}
    for key, value in table.items():
        if key == "hub":
            listed = [value] if isinstance(value, str) else value
            if not isinstance(listed, list) or not listed or not all(isinstance(each, str) and each for each in listed):
                raise ConfigurationError(f"{where} hub: expected an endpoint such as tcp:localhost:11111, or a list")
            settings[key] = listed
        elif key in FILES:
            settings[key] = str(file.parent / Path(_text(value, f"{where} {key}")).expanduser())
        else:
            number = isinstance(value, int | float) and not isinstance(value, bool)
            is_number = number and key in ("heartbeat", "dead-after")
            settings[key] = str(value) if is_number else _text(value, f"{where} {key}")
    return Context(name, settings)


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise ConfigurationError(f"{where}: expected a text, got {value!r}")
    return value


def _check_keys(table: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    for key in table:
        if key not in known:
            raise ConfigurationError(f"{where}: unknown key {key!r}{_nearest(key, known)}")


def _nearest(word: str, known: Iterable[str]) -> str:
    from exchange.app.checking import nearest

    return nearest(word, known)


def _toml_of(contexts: Contexts) -> str:
    lines = [f"current = {_quoted(contexts.current)}"] if contexts.current else []
    for context in contexts.named.values():
        lines += ["", f"[contexts.{_quoted(context.name)}]"]
        for key, value in context.settings.items():
            written = _quoted(value) if isinstance(value, str) else f"[{', '.join(map(_quoted, value))}]"
            lines.append(f"{key} = {written}")
    return "\n".join(lines).lstrip("\n") + "\n"


def _quoted(text: str) -> str:
    """Return a text as TOML writes it, which is nearly as JSON does."""
    import json

    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
