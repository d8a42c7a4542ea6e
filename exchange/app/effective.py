"""Effective values: what ``twistd exchange`` would run with, key by key, and where each came from.

They are found as it finds them: by option, environment, file and default, whichever says something first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from msgspec.structs import fields

from exchange.app.checking import Table
from exchange.app.config import Site, site_in
from exchange.app.hub import HUB_KEYS, LIMIT_PARAMETERS, Options
from exchange.app.key_places import KeyPlaces
from exchange.app.mistakes import Mistakes
from exchange.app.tables import HubTable

OF_OPTIONS: dict[str, dict[str, str]] = {
    "hub": {key: key for key in (*HUB_KEYS, "listen", "insecure")},
    "limits": {parameter[0]: parameter[0] for parameter in LIMIT_PARAMETERS},
    "logging": {"format": "log-format", "level": "log-level"},
}
"""The options of ``twistd exchange``, by the tables and keys that they stand for."""

SHORT = ("port", "interface")
"""Options that stand for ``listen``."""


class Value(NamedTuple):
    """One key.

    Attributes:
        table: ``hub``, ``services.math``, or ``policy 2`` for the second rule.
        value: What it is; no secret, for those stand in files of their own.
        origin: ``default``, ``file``, ``environment`` or ``option``.
        where: Which line, variable or option; empty for a default.
    """

    table: str
    key: str
    value: Any
    origin: str
    where: str = ""


def effective_values(
    reactor: Any, file: str | None, parts: Sequence[str], words: Sequence[str], environ: Mapping[str, str]
) -> list[Value]:
    """Return what ``twistd exchange`` would run with.

    Args:
        parts: Those that ``--only`` chooses.
        words: The other options.

    Raises:
        ConfigurationError: Something is wrong with the file, or an option.
        twisted.python.usage.UsageError: There is no such option.
    """
    mistakes, options = Mistakes(), Options()
    options.parse_alone(words)
    site = site_in(file, mistakes).only(parts) if file else Site(hub=HubTable(), runs_hub=True)
    mistakes.raise_if_any()
    changed = options.changed(reactor, site, environ)
    places = KeyPlaces(Path(file).read_text(encoding="utf-8") if file else "")
    found: list[Value] = []
    for path, table in _tables_of(changed):
        for field in fields(type(table)):
            key, line = field.encode_name, places.line_of((*path, field.encode_name))
            in_file = ("file", f"{file}, line {line}") if line else ("default", "")
            origin = _said(options, path[0], key, environ) or in_file
            name = (" " if path[0] == "policy" else ".").join(path)
            found.append(Value(name, key, harmless(getattr(table, field.name)), *origin))
    return found


def _tables_of(site: Site) -> Iterator[tuple[tuple[str, ...], Table]]:
    """Return the tables of what is to run, and their paths in the file."""
    if site.hub is not None and site.runs_hub:
        yield ("hub",), site.hub
    yield from (((kind,), getattr(site, kind)) for kind in ("limits", "logging", "tracing"))
    if site.runs_hub:
        yield from ((("policy", str(place)), rule) for place, rule in enumerate(site.policy, 1))
    for kind in ("services", "gateways", "bridges"):
        yield from (((kind, name), table) for name, table in getattr(site, kind).items())


def _said(options: Options, kind: str, key: str, environ: Mapping[str, str]) -> tuple[str, str] | None:
    """Return whether an option or a variable says what a key is, and which."""
    name = OF_OPTIONS.get(kind, {}).get(key)
    given: tuple[object, str]
    if name is None:
        return None
    if name == "insecure":
        given = (True, "--insecure") if options["insecure"] else (environ.get("EXCHANGE_INSECURE"), "EXCHANGE_INSECURE")
    else:
        given = options.said(name, environ)
    short = [each for each in SHORT if name == "listen" and options[each] is not None]
    if short and not given[1].startswith("--"):
        given = True, f"--{short[0]}"
    if not given[0]:
        return None
    return ("option" if given[1].startswith("--") else "environment"), given[1]


def harmless(value: Any) -> Any:
    """Return a value less the name and password that a URL may have."""
    if not isinstance(value, str) or "@" not in value or "://" not in value:
        return value
    parts = urlsplit(value)
    return parts._replace(netloc=f"...@{parts.netloc.rpartition('@')[2]}").geturl() if "@" in parts.netloc else value
