"""The configuration of a site: one TOML file, read and checked before anything starts."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import fields

from exchange.app.checking import AnyTable, Table, checked_table, nearest, shown
from exchange.app.policy import PolicyTable, policy_in
from exchange.app.tables import (
    FILES,
    TLS_FILES,
    BridgeTable,
    GatewayTable,
    HubTable,
    LimitsTable,
    LoggingTable,
    ServiceTable,
    TracingTable,
)
from exchange.errors import ConfigurationError

TABLES = ("hub", "limits", "logging", "tracing", "policy", "services", "gateways", "bridges")


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """All that one file says; what it does not name is not there.

    Attributes:
        file: The file, as it was named; empty if options alone describe the site.
        hub: The hub of the site, wherever it runs.
        runs_hub: Whether it is among the parts to run.
        policy: The rules of the hub.
        logging: What is written to the log.
        tracing: Where spans go.
        services: Those to run, by their names in the file.
        gateways: Likewise.
        bridges: Likewise.
    """

    file: str = ""
    hub: HubTable | None = None
    runs_hub: bool = False
    limits: LimitsTable = LimitsTable()
    policy: tuple[PolicyTable, ...] = ()
    logging: LoggingTable = LoggingTable()
    tracing: TracingTable = TracingTable()
    services: dict[str, ServiceTable] = {}
    gateways: dict[str, GatewayTable] = {}
    bridges: dict[str, BridgeTable] = {}

    @property
    def folder(self) -> Path | None:
        """Where the file lies, if there is one; the classes that it names may lie there too."""
        return Path(self.file).resolve().parent if self.file else None

    @property
    def parts(self) -> list[str]:
        """The names by which ``--only`` knows what is to run."""
        hub = ["hub"] if self.runs_hub else []
        named: dict[str, dict[str, Any]] = {"services": self.services, "gateways": self.gateways}
        named["bridges"] = self.bridges
        return hub + [f"{kind}.{name}" for kind, tables in named.items() for name in tables]

    def only(self, chosen: Iterable[str]) -> Site:
        """Return the site with the chosen parts to run, or as it is if none is chosen.

        Raises:
            ConfigurationError: There is no such part.
        """
        wanted = list(chosen)
        for part in wanted:
            if part not in self.parts:
                raise ConfigurationError(f"--only: {self.file} has no part '{part}'{nearest(part, self.parts)}")
        return self if not wanted else self._reduced(wanted)

    def _reduced(self, wanted: list[str]) -> Site:
        return msgspec.structs.replace(
            self,
            runs_hub="hub" in wanted,
            services={name: table for name, table in self.services.items() if f"services.{name}" in wanted},
            gateways={name: table for name, table in self.gateways.items() if f"gateways.{name}" in wanted},
            bridges={name: table for name, table in self.bridges.items() if f"bridges.{name}" in wanted},
        )


def read_site(file: str) -> Site:
    """Read and check a configuration file.

    Raises:
        ConfigurationError: It cannot be read, or says something that cannot be; in one line.
    """
    tables = _tables(file)
    for name, table in tables.items():
        if name not in TABLES:
            raise ConfigurationError(f"{file}: {_stray(name, table)}")
    return Site(
        file=file,
        runs_hub="hub" in tables,
        hub=_hub_in(tables["hub"], file) if "hub" in tables else None,
        limits=checked_table(LimitsTable, tables.get("limits", {}), f"{file}: [limits]"),
        policy=policy_in(tables.get("policy", []), file),
        logging=placed_files(
            checked_table(LoggingTable, tables.get("logging", {}), f"{file}: [logging]"), file, "file"
        ),
        tracing=checked_table(TracingTable, tables.get("tracing", {}), f"{file}: [tracing]"),
        services={
            name: placed_files(table, file, "credentials", *TLS_FILES)
            for name, table in _named(ServiceTable, "services", tables, file).items()
        },
        gateways={name: _placed(table, file) for name, table in _named(GatewayTable, "gateways", tables, file).items()},
        bridges={
            name: _placed_bridge(each, file) for name, each in _named(BridgeTable, "bridges", tables, file).items()
        },
    )


def _stray(name: str, value: object) -> str:
    """Return what is said of a name at the top of a file that means nothing there."""
    if isinstance(value, dict):
        return f"[{name}]: unknown table{nearest(name, TABLES)}"
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        return f"[[{name}]]: unknown tables{nearest(name, ['policy'])}"
    kinds: dict[str, type[Table]] = {
        "hub": HubTable,
        "limits": LimitsTable,
        "logging": LoggingTable,
        "tracing": TracingTable,
        "services.NAME": ServiceTable,
        "gateways.NAME": GatewayTable,
        "bridges.NAME": BridgeTable,
    }
    homes = [f"[{table}]" for table, kind in kinds.items() if name in {field.encode_name for field in fields(kind)}]
    return f"{name}: a key stands in a table; {f'this one in {homes[0]}' if homes else 'one is [hub]'}"


def _tables(file: str) -> dict[str, Any]:
    try:
        with open(file, "rb") as opened:
            return tomllib.load(opened)
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise ConfigurationError(f"{file}: not TOML: {error}") from None


def _placed(table: GatewayTable, file: str) -> GatewayTable:
    folder = Path(file).parent
    mount = {path: placed_folder(face, folder) for path, face in table.mount.items()}
    of_hub = (f"hub_{name}" for name in TLS_FILES)
    table = placed_files(table, file, "passwords", "tokens", "credentials", *TLS_FILES, *of_hub)
    return msgspec.structs.replace(table, mount=mount)


def _hub_in(given: object, file: str) -> HubTable:
    table = checked_table(HubTable, given, f"{file}: [hub]")
    return placed_files(table, file, "token_file", "password_file", "credentials", *TLS_FILES)


def _placed_bridge(table: BridgeTable, file: str) -> BridgeTable:
    folder = Path(file).parent
    placed = {
        key: {side: str(folder / name) for side, name in getattr(table, key).items()}
        for key in ("credentials", *TLS_FILES)
    }
    return msgspec.structs.replace(table, **placed)


def placed_files(table: AnyTable, file: str, *names: str) -> AnyTable:
    """Return a table whose own files are found from anywhere: what it names lies where the configuration does."""
    folder = Path(file).parent
    named = {name: getattr(table, name) for name in names}
    return msgspec.structs.replace(table, **{name: str(folder / path) for name, path in named.items() if path})


def placed_folder(face: str, folder: Path) -> str:
    """Return what is mounted; the name of a folder with files is understood within ``folder``."""
    return f"{FILES}{folder / face.removeprefix(FILES)}" if face.startswith(FILES) else face


def _named(kind: type[AnyTable], name: str, tables: dict[str, Any], file: str) -> dict[str, AnyTable]:
    given = tables.get(name, {})
    if not isinstance(given, dict):
        raise ConfigurationError(f"{file}: {name}: expected tables such as [{name}.NAME], got {shown(given)}")
    return {key: checked_table(kind, table, f"{file}: [{name}.{key}]") for key, table in given.items()}
