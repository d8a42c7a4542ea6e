"""The configuration of a site: one TOML file, read and checked before anything starts."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import fields

from exchange.app.checking import AnyTable, Table, nearest, read_table, shown
from exchange.app.mistakes import Mistakes
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
        unreadable: Names of parts that the file means, and that cannot be made of what it says.
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
    unreadable: tuple[str, ...] = ()

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
            if part not in self.parts and part not in self.unreadable:
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
        ConfigurationErrors: It says something that cannot be; of whatever that is there is a line.
        ConfigurationError: It cannot be read.
    """
    mistakes = Mistakes()
    site = site_in(file, mistakes)
    mistakes.raise_if_any()
    return site


def site_in(file: str, mistakes: Mistakes) -> Site:
    """Read a configuration file, and return what can be made of it.

    Args:
        mistakes: Are told of whatever is wrong with its words.

    Raises:
        ConfigurationError: It cannot be read.
    """
    tables = _tables(file)
    for name, table in tables.items():
        if name not in TABLES:
            mistakes.add(f"{file}: {_stray(name, table)}")
    read = Reader(file, tables, mistakes)
    services, gateways = read.named(ServiceTable, "services"), read.named(GatewayTable, "gateways")
    bridges = read.named(BridgeTable, "bridges")
    return Site(
        file=file,
        runs_hub="hub" in tables,
        hub=_placed_hub(read.one(HubTable, "hub"), file) if "hub" in tables else None,
        limits=read.one(LimitsTable, "limits"),
        policy=policy_in(tables.get("policy", []), file, mistakes),
        logging=placed_files(read.one(LoggingTable, "logging"), file, "file"),
        tracing=read.one(TracingTable, "tracing"),
        services={name: placed_files(each, file, "credentials", *TLS_FILES) for name, each in services.items()},
        gateways={name: _placed_gateway(each, file) for name, each in gateways.items()},
        bridges={name: _placed_bridge(each, file) for name, each in bridges.items()},
        unreadable=tuple(read.unreadable),
    )


class Reader:
    """Reads the tables of one file.

    Args:
        tables: What the file says.
        mistakes: Are told of whatever is wrong.

    Attributes:
        unreadable: Names of parts that could not be read.
    """

    def __init__(self, file: str, tables: dict[str, Any], mistakes: Mistakes) -> None:
        self.unreadable: list[str] = []
        self._file = file
        self._tables = tables
        self._mistakes = mistakes

    def one(self, kind: type[AnyTable], name: str) -> AnyTable:
        """Return the table of this name, or what it is when nothing is said."""
        table = read_table(kind, self._tables.get(name, {}), f"{self._file}: [{name}]", self._mistakes)
        return kind() if table is None else table

    def named(self, kind: type[AnyTable], name: str) -> dict[str, AnyTable]:
        """Return the tables ``[name.NAME]``, as far as they can be read."""
        given = self._tables.get(name, {})
        if not isinstance(given, dict):
            self._mistakes.add(f"{self._file}: {name}: expected tables such as [{name}.NAME], got {shown(given)}")
            return {}
        read: dict[str, AnyTable] = {}
        for key, each in given.items():
            table = read_table(kind, each, f"{self._file}: [{name}.{key}]", self._mistakes)
            if table is None:
                self.unreadable.append(f"{name}.{key}")
            else:
                read[key] = table
        return read


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
    except RecursionError:
        raise ConfigurationError(f"{file}: too many lists and tables stand one in another") from None


def _placed_gateway(table: GatewayTable, file: str) -> GatewayTable:
    folder = Path(file).parent
    mount = {path: placed_folder(face, folder) for path, face in table.mount.items()}
    of_hub = (f"hub_{name}" for name in TLS_FILES)
    table = placed_files(table, file, "passwords", "tokens", "credentials", *TLS_FILES, *of_hub)
    return msgspec.structs.replace(table, mount=mount)


def _placed_hub(table: HubTable, file: str) -> HubTable:
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
