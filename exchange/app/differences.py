"""Differences between what a file said and what it says now; and which of them a process can take up while it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from msgspec.structs import fields

from exchange.app.checking import Table
from exchange.app.config import Site
from exchange.app.tables import TLS_FILES
from exchange.services.linking import RENEWED_LIMITS

OF_PEERS = frozenset({"credentials", *TLS_FILES})
NOT_OF_GATEWAYS = frozenset({"listen", "hub"})

RENEWED: Mapping[str, frozenset[str]] = {
    "hub": OF_PEERS | {"token_file", "password_file", "checker", "hubs", "insecure", "join", "advertise", "drain_time"},
    "limits": frozenset(RENEWED_LIMITS),
    "logging": frozenset({"level", "levels", "calls"}),
    "services": OF_PEERS | {"trial"},
    "bridges": OF_PEERS,
    "policy": frozenset({""}),
}
"""The fields of each kind of table whose changes are taken up; of gateways, all but `NOT_OF_GATEWAYS`."""

TLS = {"": TLS_FILES, "hub_": tuple(f"hub_{name}" for name in TLS_FILES)}
"""The files of one `exchange.net.tls.Tls`, by what stands before their names."""


class Difference(NamedTuple):
    """One key that says something else, or a table that came or went.

    Attributes:
        kind: ``services`` of ``[services.math]``.
        name: ``math`` of it; empty for tables of which there is one.
        key: The key of the table; empty if all of it is meant.
        is_renewed: Whether it is taken up while the process runs.
        remark: What stands behind it in brackets.
    """

    kind: str
    name: str
    key: str
    is_renewed: bool
    remark: str = ""

    def __str__(self) -> str:
        table = f"[[{self.kind}]]" if self.kind == "policy" else f"[{self.kind}{'.' if self.name else ''}{self.name}]"
        key = f" {self.key}" if self.key else ""
        return f"{table}{key}{f' ({self.remark})' if self.remark else ''}"


def differences(old: Site, new: Site) -> list[Difference]:
    """Return in what two sites differ, in the order of the tables."""
    found: list[Difference] = []
    if (old.hub is None) != (new.hub is None) or old.runs_hub != new.runs_hub:
        found.append(Difference("hub", "", "", False, "gone" if new.hub is None else "new"))
    elif old.hub is not None and new.hub is not None:
        found += _between("hub", "", old.hub, new.hub)
    for kind in ("limits", "logging", "tracing"):
        found += _between(kind, "", getattr(old, kind), getattr(new, kind))
    if old.policy != new.policy:
        found.append(Difference("policy", "", "", True))
    for kind in ("services", "gateways", "bridges"):
        found += _of_tables(kind, getattr(old, kind), getattr(new, kind))
    return found


def _of_tables(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for name in {**old, **new}:
        if name not in old or name not in new:
            yield Difference(kind, name, "", False, "gone" if name in old else "new")
        else:
            yield from _between(kind, name, old[name], new[name])


def _between(kind: str, name: str, old: Table, new: Table) -> Iterator[Difference]:
    for field in fields(type(old)):
        if getattr(old, field.name) != getattr(new, field.name):
            yield Difference(kind, name, field.encode_name, _is_renewed(kind, field.name, old, new))


def _is_renewed(kind: str, field: str, old: Table, new: Table) -> bool:
    is_known = field in RENEWED.get(kind, frozenset())
    taken_up = field not in NOT_OF_GATEWAYS if kind == "gateways" else is_known
    files = next((files for files in TLS.values() if field in files), ())
    # Whether TLS is spoken at all is decided once, when an endpoint is made.
    return taken_up and (not files or (_speaks_tls(old, files) == _speaks_tls(new, files)))


def _speaks_tls(table: Table, files: tuple[str, ...]) -> list[bool]:
    """Return whether TLS is spoken, for each side of a bridge, and whether it can be listened with."""
    values = [getattr(table, name) for name in files]
    if any(isinstance(value, dict) for value in values):
        return [any(side in value for value in values) for side in ("inner", "outer")]
    return [any(value is not None for value in values), values[0] is not None]
